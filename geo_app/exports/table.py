"""What the columns of a table are called and hold, in the language of who asks; pure.

Names are those `geo incidents load` knows, so that what was exported can be loaded. Only what everybody may see is
in it, and of a responder's name what is shown of a name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from geo_app.core import masking
from geo_app.dispatch.model import Assignment
from geo_app.incidents.model import Incident
from layers import words
from layers.words import Lang

SAID = {Lang.ZH: ("否", "是"), Lang.EN: ("no", "yes")}


@dataclass(frozen=True, slots=True)
class Line:
    """One incident with its lead assignment, about to be a row."""

    incident: Incident
    sent: Assignment | None
    lang: Lang
    zone: tzinfo

    def say(self, prefix: str, value: str | None) -> str | None:
        """Return the word of a value; in English its code, which is one."""
        if value is None or self.lang is Lang.EN:
            return value
        return words.of(self.lang)[f"{prefix}.{value}"]

    def yes(self, claim: bool) -> str:
        """Return yes or no."""
        return SAID[self.lang][claim]

    def local(self, moment: datetime | None) -> datetime | None:
        """Return a moment in the city's own time."""
        return None if moment is None else moment.astimezone(self.zone).replace(microsecond=0)

    @property
    def category(self) -> str:
        """The name of the category."""
        one = self.incident
        return one.category_name_en if self.lang is Lang.EN and one.category_name_en else one.category_name


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its names and what it holds."""

    name: str
    name_en: str
    value: Callable[[Line], Any]
    width: int = 12


def _x(line: Line) -> float | None:
    return None if line.incident.position is None else round(line.incident.position.x, 7)


def _y(line: Line) -> float | None:
    return None if line.incident.position is None else round(line.incident.position.y, 7)


def _frame(line: Line) -> str | None:
    return None if line.incident.position is None else "wgs84"


COLUMNS = (
    Column("编号", "id", lambda one: one.incident.id, 9),
    Column("类别", "category", lambda one: one.category, 18),
    Column("紧急", "is_urgent", lambda one: one.yes(one.incident.is_urgent), 6),
    Column("状态", "state", lambda one: one.say("state", one.incident.state), 14),
    Column("描述", "description", lambda one: one.incident.description, 44),
    Column("地址", "address", lambda one: one.incident.address, 30),
    Column("位置", "location", lambda one: one.say("location", one.incident.location), 14),
    Column("经度", "lon", _x),
    Column("纬度", "lat", _y),
    Column("坐标系", "frame", _frame, 8),
    Column("单元网格", "cell", lambda one: one.incident.cell, 18),
    Column("网格名称", "cell_name", lambda one: one.incident.cell_name, 20),
    Column("渠道", "channel", lambda one: one.say("channel", one.incident.channel)),
    Column("上报次数", "reports", lambda one: one.incident.reports, 9),
    Column("照片", "photos", lambda one: one.incident.photos, 7),
    Column("发生时间", "occurred_at", lambda one: one.local(one.incident.occurred_at), 19),
    Column("受理时间", "reported_at", lambda one: one.local(one.incident.reported_at), 19),
    Column("响应时限", "respond_by", lambda one: one.local(one.incident.respond_by), 19),
    Column("结案时间", "closed_at", lambda one: one.local(one.incident.closed_at), 19),
    Column("派单状态", "assignment", lambda one: one.sent and one.say("assignment", one.sent.state)),
    Column("处置人员编号", "responder", lambda one: one.sent and one.sent.responder, 13),
    Column("处置人员", "responder_name", lambda one: one.sent and masking.name(one.sent.responder_name)),
    Column("演练", "is_exercise", lambda one: one.yes(one.incident.is_exercise), 6),
)  # fmt: skip
MARK = {Lang.ZH: "导出", Lang.EN: "export"}
"""The heading of the last column: in every row by whom and when the file was made."""


SHEETS = {Lang.ZH: ("案件", "导出说明"), Lang.EN: ("Incidents", "About this export")}
"""Names of the sheets of a workbook: the rows, and what is said of the export."""
ABOUT = {
    "number": ("导出编号", "Export"), "city": ("城市", "City"), "who": ("导出人", "Made by"),
    "when": ("导出时间", "Made at"), "zone": ("时区", "Time zone"), "why": ("导出原因", "Reason"),
    "rows": ("行数", "Rows"), "state": ("状态", "State"), "category": ("类别", "Category"),
    "since": ("起始时间", "Since"), "until": ("截止时间", "Until"),
}  # fmt: skip
"""What is said of an export, in both languages."""
MASKED = {
    Lang.ZH: "个人信息已脱敏。每一行都带有导出编号，请勿外传。",
    Lang.EN: "Personal data is masked. Every row carries the number of the export; do not pass it on.",
}


def about(told: Mapping[str, Any], lang: Lang) -> list[tuple[Any, ...]]:
    """Return the rows of the second sheet."""
    at = list(Lang).index(lang)
    return [*((ABOUT[name][at], value) for name, value in told.items()), (MASKED[lang],)]


def head(lang: Lang) -> list[str]:
    """Return the headings."""
    return [*(one.name_en if lang is Lang.EN else one.name for one in COLUMNS), MARK[lang]]


def row(line: Line, mark: str) -> list[Any]:
    """Return the values of a row under its headings."""
    return [*(one.value(line) for one in COLUMNS), mark]
