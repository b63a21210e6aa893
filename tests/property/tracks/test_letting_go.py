"""What stays of days past their term is what counting position by position gives, in the cells of their time."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import example, given
from hypothesis import strategies as st
from shapely import Point

from geo_app.core import coords
from geo_app.core.actor import SYSTEM
from geo_app.planning import service as planning
from geo_app.tracks import service
from tests.integration.conftest import Raw, Town
from tests.integration.tracks.walking import keep
from tests.property.tracks.conftest import changed_town as changed_town  # noqa: PLC0414
from tests.property.tracks.walks import CHANGE, DAY, FIRST, Walk, expected, walks

AREAS = """SELECT v.code, v.cell_id, c.id AS community, c.parent_id AS street, s.parent_id AS district
FROM cell_version v JOIN unit c ON c.id = v.community_id JOIN unit s ON s.id = c.parent_id
WHERE upper_inf(v.recorded)"""


class Undo(Exception):
    """Ends an example without a trace."""


@given(walks(), st.integers(0, 3), st.integers(0, DAY - 1))
@example([(who, 11 * 3600 + DAY + gone, 0) for who in range(3) for gone in (-60, 0, 60)], 2, 0)
@example([(who, DAY - 60 + 60 * n, n) for who in range(4) for n in (0, 1)], 1, 0)
def test_days_are_counted_as_position_by_position(
    changed_town: Town, walked: list[Walk], days: int, more: int
) -> None:
    town = changed_town
    try:
        with town.database.transaction(SYSTEM) as tx:
            first = planning.partition(tx, town.city, FIRST)
            codes = sorted(first.cells)
            second = planning.partition(tx, town.city, CHANGE)
            areas = {row["code"]: row for row in tx.all(Raw(AREAS), dict)}
            people = [row["id"] for row in tx.all(Raw("SELECT id FROM responder ORDER BY code"), dict)]
            inside = [first.cells[code].geometry.representative_point() for code in codes]
            outside = Point(inside[0].x - 5_000, inside[0].y)

            def path(at: datetime, place: int) -> tuple[int, ...]:
                if place < 0:
                    return (town.city.id,)
                grid = first if at < CHANGE else second
                (code,) = [c for c, cell in grid.cells.items() if cell.geometry.covers(inside[place])]
                over = areas[code]
                return over["cell_id"], over["community"], over["street"], over["district"], town.city.id

            keep(tx, town, [
                (people[who], FIRST + timedelta(seconds=at),
                 coords.to_lonlat(outside if place < 0 else inside[place], town.city.srid))
                for who, at, place in walked
            ])  # fmt: skip
            before = FIRST + timedelta(days=days, seconds=more)
            past = sum(at < days * DAY for _, at, _ in walked)
            assert service.count_past(tx, town.city, before) == past
            erased = 0
            while (gone := service.let_go(tx, town.city, before)) is not None:
                erased += gone.positions
            assert erased == past
            assert tx.value(Raw("SELECT count(*) FROM track_position")) == len(walked) - past
            told = {
                ((row["day"] - FIRST.date()).days, row["level"], row["area_id"]): (
                    row["seconds"],
                    row["responders"],
                )
                for row in tx.all(Raw("SELECT day, level, area_id, seconds, responders FROM presence"), dict)
            }
            assert told == expected(walked, days, path)
            raise Undo
    except Undo:
        pass
