"""The demo's open doors: a one-time link into an account of each role, for a generated city only."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from geo_app.cities import service as cities
from geo_app.core import clock
from geo_app.core.actor import SYSTEM
from geo_app.core.errors import NotFound
from geo_app.identity import service as identity
from geo_app.incidents import service as incidents
from geo_app.responders import service as responders
from geo_app.responders.model import Kind
from tests.integration.conftest import Run, Town


def test_each_role_has_a_link_that_opens_once_and_the_next_ones_are_new(town: Town) -> None:
    with town.database.transaction(SYSTEM) as tx:
        first, second = cities.demo_links(tx, town.city), cities.demo_links(tx, town.city)
    assert first.keys() == second.keys() == cities.DEMO_ACCOUNTS.keys()
    assert not set(first.values()) & set(second.values())
    with town.database.transaction(SYSTEM) as tx:
        entered = identity.enter_by_link(tx, first["demo.dispatcher"], None)
        assert (entered.username, entered.is_demo) == ("demo.dispatcher", True)
        with pytest.raises(NotFound, match="used"):
            identity.enter_by_link(tx, first["demo.dispatcher"], None)


def test_the_demo_worker_has_something_to_look_at(town: Town) -> None:
    """It was the first of the list, in whose cells nothing was open."""
    with town.database.transaction(SYSTEM) as tx:
        cities.demo_links(tx, town.city)
        (account,) = (one for one in identity.accounts(tx) if one.username == "demo.worker")
        is_open = Counter(one.cell for one in incidents.incidents(tx, town.city, True, 2000))
        load = {
            one.id: sum(is_open[code] for code in one.cells)
            for one in responders.responders(tx, town.city, clock.now())
            if one.kind is Kind.GRID_WORKER
        }
    assert load[account.responder or 0] == max(load.values())


def test_two_demo_approvers_may_agree_to_a_new_outer_border(town: Town) -> None:
    with town.database.transaction(SYSTEM) as tx:
        cities.demo_links(tx, town.city)
        accounts = [one for one in identity.accounts(tx) if "approver" in one.roles]
    assert len({one.name for one in accounts}) == len(accounts) == 2


def test_links_are_printed_for_a_generated_city_and_for_no_other(town: Town, geo: Run) -> None:
    said = geo("demo", "links", "--if-demo")
    assert len(re.findall(r"demo\.\w+ +http://127\.0\.0\.1:\d+/link#[\w-]{40,}", said)) == len(
        cities.DEMO_ACCOUNTS
    )
    town.run("UPDATE city SET is_generated = false")
    assert geo("demo", "links", "--if-demo") == ""
