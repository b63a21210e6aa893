"""Whatever dispatchers and responders do in whatever order: the database agrees with a model after every step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ClassVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from geo_app.core.actor import SYSTEM
from geo_app.core.db import Transaction
from geo_app.core.errors import BadInput, Conflict, GeoError, Stale
from geo_app.dispatch import service
from geo_app.dispatch.workflow import Step
from geo_app.responders import service as responders
from geo_app.responders.model import Status
from tests.integration.conftest import Raw, Town
from tests.sizes import size

LEADS_TO = {
    ("accept", "offered"): "accepted",
    ("set_out", "accepted"): "under_way",
    ("arrive", "accepted"): "on_site",
    ("arrive", "under_way"): "on_site",
    ("finish", "on_site"): "done",
    ("decline", "offered"): "declined",
    ("decline", "accepted"): "declined",
    ("cancel", "offered"): "cancelled",
    ("cancel", "accepted"): "cancelled",
    ("cancel", "under_way"): "cancelled",
    ("cancel", "on_site"): "cancelled",
}
OVER = {"done", "declined", "cancelled"}
CAPACITY = {"P0": 1, "P1": 1, "P2": 2, "P3": 3}
STATUS = {"offered": "assigned", "accepted": "assigned", "under_way": "under_way", "on_site": "on_site"}
ORDER = ["free", "assigned", "under_way", "on_site"]


@dataclass
class Sent:
    """What the model knows of an assignment."""

    incident: int
    responder: int
    slot: int
    state: str = "offered"
    version: int = 1


class Dispatching(RuleBasedStateMachine):
    """Dispatchers assign and cancel, responders accept, decline, set out, arrive, finish, sign on and off."""

    town: ClassVar[Town]

    @initialize()
    def start(self) -> None:
        """Put the town back to its beginning: nobody sent, nothing handled."""
        for statement in ("DELETE FROM assignment",
                          "UPDATE incident SET state = 'reported', closed_at = NULL",
                          "UPDATE responder SET status = 'free'"):  # fmt: skip
            self.town.run(statement)
        self.people: dict[int, int] = {}
        for responder, code in self.town.all("SELECT id, code FROM responder ORDER BY code"):
            self.people[responder] = CAPACITY[code]
            self.town.run(
                "UPDATE responder SET capacity = %(n)s WHERE id = %(id)s", n=CAPACITY[code], id=responder
            )
        self.incidents: dict[int, str] = dict.fromkeys(
            self.town.all("SELECT id FROM incident ORDER BY id"), "reported"
        )
        self.sent: dict[int, Sent] = {}
        self.off: set[int] = set()

    @contextmanager
    def acting(self) -> Iterator[Transaction]:
        """Give a transaction of its own, as a request has."""
        with self.town.database.transaction(SYSTEM) as tx:
            yield tx

    def active(self, responder: int) -> list[Sent]:
        """Return a responder's active assignments in the model."""
        return [one for one in self.sent.values() if one.responder == responder and one.state not in OVER]

    def refused(self, kind: type[GeoError], act: str, *values: object) -> None:
        """Expect the service to refuse."""
        with pytest.raises(kind), self.acting() as tx:
            getattr(service, act)(tx, *values)

    @rule(incident=st.integers(0, 2), responder=st.integers(0, 3))
    def assign(self, incident: int, responder: int) -> None:
        """A dispatcher sends somebody."""
        incident, responder = list(self.incidents)[incident], list(self.people)[responder]
        leads = [one for one in self.sent.values() if one.incident == incident and one.state not in OVER]
        taken = {one.slot for one in self.active(responder)}
        free = [slot for slot in range(1, self.people[responder] + 1) if slot not in taken]
        if self.incidents[incident] != "reported" or leads or not free or responder in self.off:
            self.refused(Conflict, "assign", incident, responder)
            return
        with self.acting() as tx:
            made = service.assign(tx, incident, responder)
        self.sent[made.id] = Sent(incident, responder, free[0])

    @rule(number=st.integers(0, 9), step=st.sampled_from(Step), age=st.sampled_from([0, 0, 0, 0, 1, -1]))
    def step(self, number: int, step: Step, age: int) -> None:
        """Somebody takes a step of an assignment, on a page that may be old."""
        if not self.sent:
            return
        recent = list(self.sent)[-10:]
        assignment = recent[number % len(recent)]
        known = self.sent[assignment]
        then = LEADS_TO.get((step.value, known.state))
        if age:
            self.refused(Stale, "step", assignment, known.version - age, step, "why")
        elif then is None:
            self.refused(Conflict, "step", assignment, known.version, step, "why")
        elif then in {"declined", "cancelled"} and number % 3 == 0:
            self.refused(BadInput, "step", assignment, known.version, step, None)
        else:
            with self.acting() as tx:
                moved = service.step(tx, assignment, known.version, step, "why")
            known.state, known.version = then, known.version + 1
            assert (moved.state, moved.version) == (known.state, known.version)
            if then == "done":
                self.incidents[known.incident] = "handled"

    @rule(responder=st.integers(0, 3), status=st.sampled_from([Status.OFF, Status.FREE]))
    def sign(self, responder: int, status: Status) -> None:
        """A responder signs on or off."""
        responder = list(self.people)[responder]
        if self.active(responder):
            with pytest.raises(Conflict), self.acting() as tx:
                responders.switch(tx, responder, status)
            return
        with self.acting() as tx:
            responders.switch(tx, responder, status)
        (self.off.add if status is Status.OFF else self.off.discard)(responder)

    @invariant()
    def the_database_agrees(self) -> None:
        """States, versions, slots, statuses and incidents are those of the model; nobody is booked twice."""
        if not hasattr(self, "sent"):
            return
        with self.acting() as tx:
            rows = tx.all(
                Raw("SELECT id, incident_id, responder_id, slot, state, version FROM assignment ORDER BY id"),
                lambda row: tuple(row.values()),
            )
            statuses = dict(tx.all(Raw("SELECT id, status FROM responder"), lambda row: tuple(row.values())))
            states = dict(tx.all(Raw("SELECT id, state FROM incident"), lambda row: tuple(row.values())))
        assert rows == [
            (number, one.incident, one.responder, one.slot, one.state, one.version)
            for number, one in self.sent.items()
        ]
        active = [one for one in self.sent.values() if one.state not in OVER]
        assert len({one.incident for one in active}) == len(active)
        assert len({(one.responder, one.slot) for one in active}) == len(active)
        for responder, capacity in self.people.items():
            mine = [STATUS[one.state] for one in active if one.responder == responder]
            assert len(mine) <= capacity
            expected = "off" if responder in self.off else max(mine, key=ORDER.index, default="free")
            assert statuses[responder] == expected
        assert states == self.incidents


def test_any_order_of_steps_keeps_the_database_true_to_the_model(town: Town) -> None:
    Dispatching.town = town
    profile = settings(max_examples=size("dispatch_stories"), stateful_step_count=40)
    run_state_machine_as_test(Dispatching, settings=profile)
