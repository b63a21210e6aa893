"""The web server is killed while a planner draws: every step that was acknowledged stands, once, to the millimetre."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from geo_app.core import clock
from geo_app.core.actor import SYSTEM
from geo_app.planning import service as planning
from geo_app.plans import log, store
from grids import edit
from grids.draft import Draft
from grids.refusal import Refusal
from tests.fault.desk import Desk
from tests.hands import Hand
from tests.integration.conftest import Run, Town
from tests.integration.conftest import geo as geo  # noqa: PLC0414
from tests.integration.conftest import town as town  # noqa: PLC0414
from tests.servers import serving
from tests.sizes import size

ENOUGH = 15
"""Steps between two blows."""
LIMIT = 300.0
KINDS = {"move_vertex", "insert_vertex", "delete_vertex"}


@dataclass(slots=True)
class Drawing:
    """What a planner was told: what each step did and left, and the drafts that undo goes back to."""

    desk: Desk
    plan: int
    drafts: list[Draft]
    hand: Hand = field(default_factory=lambda: Hand(11))
    told: list[tuple[int, str]] = field(default_factory=list)

    def draw(self, enough: threading.Event) -> None:
        """Draw until it is enough, taking back every fourth step."""
        while not enough.is_set():
            if len(self.told) % 4 == 3:
                self.drafts.pop()
                self.step("undo", {}, "undo")
                continue
            asked = self.hand.next(self.drafts[-1], KINDS)
            made = edit.apply(self.drafts[-1], asked)
            if not isinstance(made, Refusal):
                self.drafts.append(made.draft)
                self.step("edits", {"edit": asked.data()}, "edit")

    def step(self, door: str, body: dict[str, Any], kind: str) -> None:
        """Ask until a step is acknowledged."""
        seen = len(self.told)
        path = f"/api/plans/{self.plan}/{door}"
        status, said = self.desk.write(path, {"seen": seen, **body}, f"step {seen}")
        assert (status, said.get("seq")) == (200, seen + 1), said
        self.told.append((seen + 1, kind))


def test_no_step_that_was_acknowledged_is_lost_or_doubled_and_the_log_gives_the_same_borders(
    town: Town, geo: Run, tmp_path: Path
) -> None:
    with town.database.transaction(SYSTEM) as tx:
        first = Draft.of(planning.partition(tx, town.city, clock.now()))
    enough = threading.Event()
    with serving(town.settings, tmp_path / "web.log") as server, ThreadPoolExecutor(1) as pool:
        desk = Desk(server.port, server.head, "planner", (0.0, 0.0), "")
        _, begun = desk.write("/api/plans?city=town", {"name": "断电"}, "begin")
        drawing = Drawing(desk, begun["id"], [first])
        working = pool.submit(drawing.draw, enough)
        try:
            for _ in range(size("drawing_kills")):
                progress(drawing, working)
                server.kill()
                server.start()
            progress(drawing, working)
        finally:
            enough.set()
        working.result(LIMIT)
    assert desk.unanswered > 0, "nobody noticed anything: it was no test"
    steps = "SELECT seq, kind FROM plan_step WHERE plan_id = %(plan)s ORDER BY seq"
    assert town.all(steps, plan=drawing.plan) == drawing.told
    assert geo("plans", "verify", drawing.plan, "--json")["steps"] == len(drawing.told)
    with town.database.transaction(SYSTEM) as tx:
        kept = {one.code: one.cell for one in store.cells(tx, drawing.plan)}
    drawn = drawing.drafts[-1].cells
    assert {*drawn.changed()} <= kept.keys()
    assert log.digest(sorted(kept.items())) == log.digest((code, drawn.get(code)) for code in sorted(kept))


def progress(drawing: Drawing, working: Any) -> None:
    """Return when some more steps are acknowledged; raise what ended the drawing."""
    goal = len(drawing.told) + ENOUGH
    until(lambda: working.done() or len(drawing.told) >= goal)
    if working.done():
        working.result()


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)
