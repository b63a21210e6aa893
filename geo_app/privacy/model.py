"""What is kept of people, for what and how long (PIPL 6, 19, 47): one table, which the job and the screens read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Term:
    """A kind of personal data: what it is for, and the days after which it goes."""

    what: str
    purpose: str
    purpose_en: str
    days: int
    counted_from: str


TRACK = "responder.track"
KEPT_OF_TELLER = Term(
    "report.person", "核实、回访报告人", "to ask back about a report and tell its outcome", 365,
    "closing of the incident",
)  # fmt: skip
"""What somebody agrees to who leaves a name or a phone with a report."""
TERMS = (
    KEPT_OF_TELLER,
    Term("report.photo", "核实、处置现场", "to see what was reported and what was done", 365,
         "closing of the incident"),
    Term("responder.position", "就近派遣", "to send who is nearest", 90, "the position"),
    Term(TRACK, "巡查轨迹、处置复盘", "to show where a round led and what was done", 90, "the position"),
    Term("responder.off", "只在上岗时记录位置", "to know when somebody was not on duty", 90, "signing on again"),
    Term("login.failure", "防止猜测密码", "to slow who guesses passwords", 1, "the attempt"),
)  # fmt: skip
"""What goes by itself. Tracks may have fewer days, facts have a term of their own (settings `tracks_kept`,
`facts_kept`), kept answers two days."""


@dataclass(frozen=True, slots=True)
class Gone:
    """How many rows of a kind were past their term, and how many of these stay in counts that name nobody."""

    term: Term
    count: int
    counted: int = 0
