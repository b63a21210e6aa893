"""What people do with files of cells: check one, bring it, accept mends by name, make a plan of it, write one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo_app.core import clock, db, facts
from geo_app.core.errors import BadInput, Conflict, Forbidden, NotFound, OutOfScope, Refused
from geo_app.exchange import content, naming, store, writing
from geo_app.exchange.frames import Target
from geo_app.exchange.model import ENDS, Acceptance, Content, Format, Import, Reading, Report
from geo_app.organisation import service as organisation
from geo_app.organisation.model import City, Level
from geo_app.planning import service as planning
from geo_app.planning.model import Draft
from geo_app.plans import service as plans
from geo_app.plans.model import NewPlan
from grids import code as grid_code
from grids import defects, defects_finding
from grids.defects import Accepted, Finding, Ground, Kind, Row
from grids.model import Cell, Partition

LARGEST_KEPT = 64 << 20
"""Bytes of a file that is brought; a larger one can be checked only."""
OF_THE_FILE = frozenset({Kind.FRAME, Kind.ENCODING})
"""Findings about how a file is read: what was accepted of them holds for that file only."""
Told = Callable[[str], None]


def check(
    tx: db.Transaction, city: City, path: Path, how: Reading, names: Sequence[str] = (), told: Told = lambda _: None
) -> Report:  # fmt: skip
    """Return what is wrong with a file; `names` are accepted besides what was accepted before. Nothing is kept."""
    _check_whole(tx, city)
    base = _standing(tx, city)
    told("read")
    found = content.read(path, how, Target(city.srid, _union(base.cells.values()) if base else None))
    fingerprint = sha256(path.read_bytes()).hexdigest()
    found = replace(found, rows=_at_home(found, base, city))
    ground = _ground(tx, city, base)
    accepted = _accepted(store.acceptances(tx, city), names, fingerprint)
    diagnosis = defects_finding.diagnose(found.rows, ground, accepted, told)
    reading = defects.weigh(found.findings, {}, accepted)
    return Report(fingerprint, found, defects_finding.joined(diagnosis, reading), city.srid)


def bring(tx: db.Transaction, city: City, name: str, raw: bytes, how: Reading) -> Import:
    """Keep a file that somebody brings; BadInput when it cannot be read at all, which `report` would say too late."""
    if not tx.actor.may("plan.edit"):
        raise Forbidden("plan.edit")
    if not 1 <= len(raw) <= LARGEST_KEPT:
        raise BadInput("file", f"{len(raw):,} bytes", f"a file of 1 to {LARGEST_KEPT:,} bytes")
    _check_whole(tx, city)
    number = store.add(tx, city, naming.plain(name), raw, sha256(raw).hexdigest(), how)
    facts.record(tx, "grid.brought", number, city.jurisdiction, city=city.code, bytes=len(raw))
    return imported(tx, number)


def imports(tx: db.Transaction, city: City, most: int) -> list[Import]:
    """Return up to `most` files that were brought for a city, newest first."""
    return store.imports(tx, city.id, most)


def imported(tx: db.Transaction, import_id: int) -> Import:
    """Return one import; NotFound names it."""
    city_id = store.city_of(tx, import_id)
    if city_id is None:
        raise NotFound(f"there is no import {import_id}")
    (found,) = store.imports(tx, city_id, 1, import_id)
    return found


def report(tx: db.Transaction, import_id: int, told: Told = lambda _: None) -> Report:
    """Return what is wrong with a file that was brought, with what was accepted until now."""
    found = imported(tx, import_id)
    city = organisation.city_by_id(tx, found.city)
    with TemporaryDirectory(prefix="geo-") as folder:
        path = Path(folder) / f"brought{Path(found.name).suffix.lower()}"
        path.write_bytes(store.content(tx, import_id))
        return check(tx, city, path, found.reading, told=told)


def preview(
    tx: db.Transaction, import_id: int, code: str
) -> tuple[City, BaseGeometry | None, BaseGeometry | None]:
    """Return a cell as it stands in the file and as it would be when mended, in the city's metric frame."""
    found = report(tx, import_id)
    given = [row.shape for row in found.content.rows if row.code == code and row.shape is not None]
    before = max(given, key=lambda shape: float(shape.area), default=None)
    after = next((cell.geometry for cell in found.diagnosis.cells if cell.code == code), None)
    if before is None and after is None:
        raise NotFound(f"the file has no cell {code}")
    return organisation.city_by_id(tx, imported(tx, import_id).city), before, after


def accept(tx: db.Transaction, import_id: int, names: Sequence[str]) -> Report:
    """Accept mends by name, a finding's id or `cell:kind`, and keep that; BadInput for a name nothing answers to."""
    if not tx.actor.may("plan.edit"):
        raise Forbidden("plan.edit")
    found = imported(tx, import_id)
    city = organisation.city_by_id(tx, found.city)
    before = report(tx, import_id)
    chosen: dict[str, Finding] = {}
    for name in names:
        wanted = naming.accepted([name])
        held = [one for one in before.findings if wanted.holds(one)]
        if not held:
            raise BadInput(
                "accept", name, "the id of a finding of this file, or a cell and a kind: 110:overlap"
            )
        chosen.update((one.id, one) for one in held)
    for one in chosen.values():
        store.accept(tx, city, one, found.sha256)
    facts.record(tx, "grid.accepted", import_id, city.jurisdiction, city=city.code, findings=sorted(chosen))
    return report(tx, import_id)


def take(tx: db.Transaction, import_id: int, name: str) -> Import:
    """Make a plan of an import, or of an empty city's the first release; Refused while something is not decided."""
    found = imported(tx, import_id)
    city = organisation.city_by_id(tx, found.city)
    if found.plan_id is not None or found.release_id is not None:
        raise Conflict(f"import {import_id} was taken in already")
    ready = report(tx, import_id)
    if not ready.is_ready:
        left = naming.waiting(ready.findings)
        raise Refused(f"{len(left)} findings are not decided: accept them by name or correct the file")
    whole = Partition.of(list(ready.diagnosis.cells))
    source = {"import": import_id, "sha256": found.sha256}
    plan_id = release_id = None
    if planning.releases(tx, city):
        plan_id = plans.begin_with(tx, city, NewPlan(name), whole, source).id
    else:
        if not tx.actor.may("release.approve"):
            raise Forbidden("release.approve")
        draft = Draft(None, whole, clock.now(), name)
        release_id = planning.publish(tx, city, planning.prepare(tx, city, draft))
    store.taken(tx, import_id, plan_id=plan_id, release_id=release_id)
    return imported(tx, import_id)


def export(
    tx: db.Transaction, city: City, form: Format, *, release: int | None = None, plan: int | None = None
) -> tuple[str, bytes]:
    """Return the name and the content of a file of cells: of a release, of a plan, else of the grid in force."""
    if release is not None and plan is not None:
        raise BadInput("plan", plan, "a release or a plan, not both")
    if plan is not None:
        own, drawn = plans.drawn(tx, plan)
        if own.id != city.id:
            raise BadInput("plan", plan, "a plan of this city")
        whole, name = drawn.draft.partition, f"plan-{plan}"
    elif release is not None:
        whole, name = planning.partition_of(tx, city, release), f"release-{release}"
    else:
        now = planning.release_at(tx, city, clock.now())
        if now is None:
            raise NotFound(f"{city.name} has no grid in force")
        whole, name = planning.partition_of(tx, city, now.id), f"release-{now.id}"
    raw = writing.write(list(whole.cells.values()), form, city.srid)
    return f"{city.code}-{name}{ENDS[form]}", raw


def _accepted(kept: Sequence[Acceptance], names: Sequence[str], fingerprint: str) -> Accepted:
    named = naming.accepted(names)
    held = {one.finding for one in kept if one.sha256 == fingerprint or Kind(one.kind) not in OF_THE_FILE}
    return Accepted(named.ids | held, named.named)


def _standing(tx: db.Transaction, city: City) -> Partition | None:
    """Return the newest release's cells, None in an empty city."""
    newest = next((one for one in planning.releases(tx, city) if one.effective_to is None), None)
    return None if newest is None else planning.partition_of(tx, city, newest.id)


def _ground(tx: db.Transaction, city: City, base: Partition | None) -> Ground:
    units: dict[str, list[Cell]] = defaultdict(list)
    for cell in base.cells.values() if base else ():
        units[cell.community].append(cell)
    communities = frozenset(
        unit.code for unit in organisation.units(tx, city, clock.now()) if unit.level is Level.COMMUNITY
    )
    given = store.codes(tx, city)
    return Ground(
        grid_code.SCHEMES[city.code_scheme],
        _union(base.cells.values()) if base else None,
        {code: _union(cells) for code, cells in units.items()},
        frozenset(given),
        frozenset(code for code, is_retired in given.items() if is_retired),
        communities,
    )


def _union(cells: Iterable[Cell]) -> BaseGeometry:
    return shapely.coverage_union_all(np.array([cell.geometry for cell in cells], dtype=object))


def _at_home(found: Content, base: Partition | None, city: City) -> Sequence[Row]:
    """Return the rows of a city with codes of its own; a cell that is there stays in its community without a word."""
    if base is None or grid_code.SCHEMES[city.code_scheme] is not None:
        return found.rows
    known = base.cells
    return [_at_its_community(row, known) for row in found.rows]


def _at_its_community(row: Row, known: Mapping[str, Cell]) -> Row:
    cell = known.get(row.code or "")
    return row if row.community is not None or cell is None else replace(row, community=cell.community)


def _check_whole(tx: db.Transaction, city: City) -> None:
    if not tx.actor.scope.everything and city.id not in tx.actor.scope.cities:
        raise OutOfScope(city.name)
