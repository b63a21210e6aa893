"""A file of cells is brought, its mends are accepted by name and kept, and a plan is made of it; it also goes out."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import shapely
from flask.testing import FlaskClient

from geo_app.core import clock
from geo_app.core.actor import SYSTEM, Actor, Scope
from geo_app.core.errors import BadInput, Conflict, OutOfScope, Refused
from geo_app.exchange import service, writing
from geo_app.exchange.model import ENDS, Format, Reading
from geo_app.organisation import service as organisation
from geo_app.planning import service as planning
from geo_app.planning.store import geometry_hash
from geo_app.plans import service as plans
from grids.defects import Kind, Mend, Weight
from grids.model import Cell, on_millimetres
from tests import build
from tests.integration.conftest import Run, Town
from tests.integration.planning.conftest import current

SILENT = {Format.TOPOJSON, Format.CSV}


def standing(town: Town) -> list[Cell]:
    return list(current(town).cells.values())


def grown(cell: Cell, metres: float) -> Cell:
    """Return a four-cornered cell that is wider by so much on its eastern side."""
    ring = shapely.get_coordinates(cell.geometry)
    middle = shapely.get_coordinates(cell.geometry.centroid)[0]
    ring[ring[:, 0] > middle[0], 0] += metres
    return replace(cell, geometry=shapely.Polygon(on_millimetres(ring)))


def file(town: Town, cells: list[Cell], form: Format = Format.GEOJSON) -> bytes:
    return writing.write(cells, form, town.city.srid)


def known(cells: Iterable[Cell]) -> set[tuple[str, str, str, str]]:
    return {(cell.code, cell.name, cell.community, geometry_hash(cell.geometry)) for cell in cells}


def bring(client: FlaskClient, raw: bytes, **more: str) -> Any:
    data = {"file": (io.BytesIO(raw), "grid.geojson"), **more}
    return client.post("/api/grids/imports", data=data, headers={"Idempotency-Key": uuid4().hex})


def post(client: FlaskClient, path: str, body: dict[str, Any]) -> Any:
    return client.post(path, json=body, headers={"Idempotency-Key": uuid4().hex})


@pytest.fixture
def spoilt(town: Town) -> list[Cell]:
    """The town's cells, one of them two metres too wide."""
    cells = standing(town)
    return [grown(cells[0], 2.0), *cells[1:]]


def test_a_mend_is_accepted_by_name_kept_and_holds_when_the_defect_comes_again(
    town: Town, town_client: FlaskClient, spoilt: list[Cell]
) -> None:
    answer = bring(town_client, file(town, spoilt))
    assert answer.status_code == 201, answer.get_json()
    sheet = answer.get_json()
    waiting = [one for one in sheet["findings"] if one["weight"] == "open"]
    assert "overlap" in {one["kind"] for one in waiting}
    assert spoilt[0].code in {code for one in waiting for code in one["cells"]}
    assert all(one["place"]["type"] == "Point" and len(one["box"]) == 4 for one in waiting)
    assert not sheet["is_ready"]
    path = answer.headers["Location"]
    assert post(town_client, f"{path}/plan", {"name": "x"}).status_code == 422
    shown = town_client.get(f"{path}/cells/{spoilt[0].code}").get_json()
    assert (shown["before"]["type"], shown["after"]["type"], len(shown["box"])) == ("Polygon", "Polygon", 4)
    assert shown["before"] != shown["after"]
    assert town_client.get(f"{path}/cells/none").status_code == 404
    accepted = post(town_client, f"{path}/accept", {"accept": [one["id"] for one in waiting]}).get_json()
    assert accepted["is_ready"]
    assert {one["weight"] for one in accepted["findings"]} <= {"accepted", "mended"}
    renamed = [*spoilt[:-1], replace(spoilt[-1], name="别名")]
    again = bring(town_client, file(town, renamed, Format.GPKG)).get_json()
    assert again["sha256"] != sheet["sha256"]
    assert again["is_ready"]
    assert town.one("SELECT count(*) FROM grid_acceptance") == len(waiting)


def test_a_decided_import_becomes_a_plan_once(town: Town, town_client: FlaskClient) -> None:
    cells = standing(town)
    renamed = [replace(cells[0], name="新名"), *cells[1:]]
    brought = bring(town_client, file(town, renamed)).get_json()
    assert brought["is_ready"]
    path = f"/api/grids/imports/{brought['file']['id']}"
    taken = post(town_client, f"{path}/plan", {"name": "照文件"})
    assert taken.status_code == 201, taken.get_json()
    plan = taken.get_json()["plan"]
    with town.database.transaction(SYSTEM) as tx:
        _, drawn = plans.drawn(tx, plan)
        whole = drawn.draft.partition
    assert whole.cells[cells[0].code].name == "新名"
    assert known(whole.cells.values()) == known(renamed)
    assert post(town_client, f"{path}/plan", {"name": "x"}).status_code == 409
    listed = town_client.get("/api/grids/imports").get_json()["items"]
    assert [one["plan"] for one in listed] == [plan]


@pytest.mark.parametrize("form", Format)
def test_what_goes_out_comes_back_the_same(still_town: Town, tmp_path: Path, form: Format) -> None:
    cells = standing(still_town)
    with still_town.database.transaction(SYSTEM) as tx:
        name, raw = service.export(tx, still_town.city, form)
        path = tmp_path / name
        path.write_bytes(raw)
        found = service.check(tx, still_town.city, path, Reading("wgs84" if form in SILENT else None))
    assert name.endswith(ENDS[form])
    assert found.findings == ()
    assert found.diagnosis.changes == ()
    assert known(found.diagnosis.cells) == known(cells)


def test_what_was_accepted_of_how_a_file_is_read_holds_for_that_file_only(town: Town, tmp_path: Path) -> None:
    def turned(cells: list[Cell]) -> bytes:
        whole = json.loads(file(town, cells))
        for one in whole["features"]:
            rings = one["geometry"]["coordinates"]
            one["geometry"]["coordinates"] = [[[y, x] for x, y in ring] for ring in rings]
        return json.dumps(whole).encode()

    cells = standing(town)
    with town.database.transaction(SYSTEM) as tx:
        first = service.bring(tx, town.city, "a.geojson", turned(cells), Reading())
        (swap,) = service.report(tx, first.id).findings
        assert (swap.kind, swap.mend, swap.weight) == (Kind.FRAME, Mend.READ, Weight.OPEN)
        assert service.accept(tx, first.id, [swap.id]).is_ready
        same = service.bring(tx, town.city, "b.geojson", turned(cells), Reading())
        assert service.report(tx, same.id).is_ready
        other = service.bring(
            tx, town.city, "c.geojson", turned([replace(cells[0], name="x"), *cells[1:]]), Reading()
        )
        assert not service.report(tx, other.id).is_ready


def test_a_retired_code_and_a_foreign_community_are_told(town: Town, tmp_path: Path) -> None:
    cells = standing(town)
    town.run("UPDATE code_registry SET retired_release = 1 WHERE code = %(code)s", code=cells[0].code)
    strange = replace(cells[1], code="990109009009001")
    path = tmp_path / "a.geojson"
    path.write_bytes(file(town, [cells[0], strange, *cells[2:]]))
    with town.database.transaction(SYSTEM) as tx:
        found = service.check(tx, town.city, path, Reading())
    told = {one.cells[0]: (one.weight, one.mend) for one in found.findings if one.kind is Kind.CODE}
    assert told == {
        cells[0].code: (Weight.OPEN, Mend.RECODE),
        strange.code: (Weight.REFUSED, Mend.CORRECT),
    }


def test_an_empty_city_gets_its_first_release(town: Town) -> None:
    given = standing(town)
    info = replace(build.town().info, code="fresh")
    with town.database.transaction(SYSTEM) as tx:
        city = organisation.add_city(tx, info, clock.now() - timedelta(days=1))
        organisation.add_units(tx, city, build.TOWN_UNITS, clock.now() - timedelta(days=1))
        brought = service.bring(tx, city, "a.geojson", file(town, given), Reading())
        taken = service.take(tx, brought.id, "第一版")
        assert taken.release_id is not None
        whole = planning.partition_of(tx, city, taken.release_id)
    assert known(whole.cells.values()) == known(given)


def test_who_is_bound_to_a_part_of_the_city_brings_nothing(town: Town) -> None:
    somebody = Actor("li", account=1, permissions=frozenset({"plan.edit"}), scope=Scope(units=(1,)))
    with town.database.transaction(somebody) as tx, pytest.raises(OutOfScope):
        service.bring(tx, town.city, "a.geojson", file(town, standing(town)), Reading())


def test_names_that_nothing_answers_to_are_refused(town: Town, spoilt: list[Cell]) -> None:
    with town.database.transaction(SYSTEM) as tx:
        brought = service.bring(tx, town.city, "a.geojson", file(town, spoilt), Reading())
        for name in ("f" * 12, "x:overlap", "nonsense", f"{spoilt[0].code}:nothing"):
            with pytest.raises(BadInput):
                service.accept(tx, brought.id, [name])
        assert service.accept(tx, brought.id, [f"{spoilt[0].code}:overlap"]).is_ready
        service.take(tx, brought.id, "x")
        with pytest.raises(Conflict):
            service.take(tx, brought.id, "x")


def test_the_doors_refuse_plainly(town: Town, town_client: FlaskClient) -> None:
    raw = file(town, standing(town))
    assert bring(town_client, b"<xml/>").status_code == 422
    assert bring(town_client, raw, columns="[]").get_json()["field"] == "columns"
    assert bring(town_client, raw, frame="mars").get_json()["field"] == "frame"
    assert town_client.get("/api/grids/imports/999").status_code == 404
    assert town_client.get("/api/grids/export?format=dxf").status_code == 422
    assert town_client.get("/api/grids/export?release=1&plan=1").status_code == 422
    assert town_client.get("/api/grids/export?plan=999").status_code == 404
    answer = town_client.get("/api/grids/export?format=shp")
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    assert town.all("SELECT 1 FROM grid_import") == []


def test_the_command_line_checks_imports_and_exports(town: Town, geo: Run, tmp_path: Path) -> None:
    cells = standing(town)
    path = tmp_path / "wide.geojson"
    path.write_bytes(file(town, [grown(cells[0], 2.0), *cells[1:]]))
    with pytest.raises(Refused, match="not decided"):
        geo("grids", "check", path)
    with pytest.raises(Refused, match="not decided"):
        geo("grids", "import", path)
    accept = tmp_path / "accept.toml"
    accept.write_text(f'accept = ["{cells[0].code}:overlap"]\n')
    assert "overlap" in geo("grids", "check", path, "--accept", accept)
    assert "cells in plan" in geo("grids", "import", path, "--accept", accept, "--name", "宽")
    target = tmp_path / "out.gpkg"
    assert "bytes" in geo("grids", "export", "--out", target)
    assert geo("grids", "check", target, "--json")["findings"] == []
    with pytest.raises(BadInput, match="ends in"):
        geo("grids", "export", "--out", tmp_path / "out.dxf")
    assert [one["name"] for one in geo("grids", "imports", "--json")] == ["wide.geojson"]
