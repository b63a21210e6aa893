"""Import contracts of our own: what import-linter's built-in ones cannot say about a capability.

A capability is a package inside `geo_app`. Its doors, its service, its store and its model have fixed
names; every other module is a rule, whatever it is called. "Every other" is why these contracts exist.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from grimp import ImportGraph
from importlinter.application import output
from importlinter.domain import fields
from importlinter.domain.contract import Contract, ContractCheck


class Kind(IntEnum):
    """What a module of a capability is; a greater one may import a lesser one."""

    PACKAGE = 0
    MODEL = 1
    RULE = 2
    STORE = 3
    SERVICE = 4
    DOOR = 5


KINDS = {
    "model": Kind.MODEL,
    "store": Kind.STORE,
    "service": Kind.SERVICE,
    "tokens": Kind.SERVICE,  # of identity: a service of its own
    "near": Kind.SERVICE,  # of incidents: what may have been reported already
    "closing": Kind.SERVICE,  # of roads: a service of its own
    "matching": Kind.SERVICE,  # of planning: part of its service
    "changes": Kind.MODEL,  # of planning: the other half of its model
    "versions": Kind.STORE,  # of planning: what a release writes
    "foreseeing": Kind.SERVICE,  # of planning: part of its service
    "publishing": Kind.SERVICE,  # of planning: part of its service
    "drafts": Kind.SERVICE,  # of plans: what a process keeps in memory of them
    "replacing": Kind.SERVICE,  # of plans: whole cells brought and taken back
    "guarding": Kind.SERVICE,  # of plans: locks and scope
    "making": Kind.SERVICE,  # of plans: how a step is made
    "review": Kind.SERVICE,  # of plans: from a draft to a release
    "rebasing": Kind.SERVICE,  # of plans: put on a newer release
    "talking": Kind.SERVICE,  # of plans: locks and comments
    "consequences": Kind.SERVICE,  # of plans: what publishing would do
    "verifying": Kind.SERVICE,  # of plans: is the log what it says
    "history": Kind.SERVICE,  # of insight: part of its service
    "households": Kind.STORE,  # of planning: how many live where
    "placements": Kind.STORE,  # of planning: the other half of its store
    "drawn": Kind.STORE,  # of planning: how the map looks
    "api": Kind.DOOR,
    "scoped": Kind.DOOR,  # of maps: tiles of what each viewer sees alone
    "pages": Kind.DOOR,
    "jobs": Kind.DOOR,
    "cli": Kind.DOOR,
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a module stands: its capability and its kind there."""

    capability: str
    kind: Kind


class CapabilityContract(Contract):
    """A contract on every capability of `package`; those named in `exempt` are not capabilities."""

    # import-linter reads each option of the contract into the field of that name.
    package: str = fields.StringField()  # type: ignore[assignment]
    exempt: set[str] = fields.SetField(subfield=fields.StringField())  # type: ignore[assignment]

    def violations(self, graph: ImportGraph) -> Iterator[str]:
        """Yield one line for each import that breaks the contract."""
        raise NotImplementedError

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002
        """Return whether the contract holds, with the broken lines as metadata."""
        found = sorted(set(self.violations(graph)))
        return ContractCheck(kept=not found, metadata={"violations": found})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print the broken lines."""
        for line in check.metadata["violations"]:
            output.print_error(f"- {line}", bold=False)

    def place(self, graph: ImportGraph, module: str) -> Place | None:
        """Return where `module` stands; None when it is not part of a capability."""
        parts = module.split(".")
        if len(parts) < 2 or parts[0] != self.package or parts[1] in self.exempt:
            return None
        if len(parts) == 2:
            is_package = bool(graph.find_children(module))
            return Place(parts[1], Kind.PACKAGE) if is_package else None
        return Place(parts[1], KINDS.get(parts[2], Kind.RULE))

    def imports(self, graph: ImportGraph) -> Iterator[tuple[str, str]]:
        """Yield (importer, imported) of every import between modules of the package, in order."""
        inside = {self.package, *graph.find_descendants(self.package)}
        for importer in sorted(inside):
            for imported in sorted(graph.find_modules_directly_imported_by(importer) & inside):
                yield importer, imported


class InsideContract(CapabilityContract):
    """Inside a capability: doors over service over store over rules over model, never upward."""

    type_name = "inside_a_capability"

    def violations(self, graph: ImportGraph) -> Iterator[str]:
        """Yield the imports that go upward inside one capability."""
        for importer, imported in self.imports(graph):
            upper, lower = self.place(graph, importer), self.place(graph, imported)
            if upper is None or lower is None or upper.capability != lower.capability:
                continue
            if lower.kind > upper.kind:
                kinds = f"a {upper.kind.name.lower()} may not know a {lower.kind.name.lower()}"
                yield f"{importer} -> {imported}: {kinds}"


class NeighbourContract(CapabilityContract):
    """A neighbour calls the service: nobody else knows a capability's store, only the house its doors.

    The house is the modules beside the capabilities (app, cli, worker, reactions): it opens the doors.
    """

    type_name = "neighbours"

    def violations(self, graph: ImportGraph) -> Iterator[str]:
        """Yield the imports that enter another capability by its store or by a door."""
        for importer, imported in self.imports(graph):
            here, there = self.place(graph, importer), self.place(graph, imported)
            if there is None or (here is not None and here.capability == there.capability):
                continue
            if there.kind == Kind.STORE:
                yield f"{importer} -> {imported}: call {self.package}.{there.capability}.service instead"
            elif there.kind == Kind.DOOR and not self._is_house(graph, importer):
                yield f"{importer} -> {imported}: only the house opens a door"

    def _is_house(self, graph: ImportGraph, module: str) -> bool:
        parent, _, _ = module.rpartition(".")
        return parent == self.package and not graph.find_children(module)


class PureContract(CapabilityContract):
    """Models and rules know none of `forbidden_modules`, not even through another module of ours.

    A model names the type of the row it is read from: it, and no rule, may import `row_module`.
    `except_through` are imports below the capabilities, as "importer -> imported", that are not followed.
    """

    type_name = "pure_rules"

    except_through: list[str] = fields.ListField(subfield=fields.StringField())  # type: ignore[assignment]
    row_module: str = fields.StringField()  # type: ignore[assignment]
    forbidden_modules: set[str] = fields.SetField(subfield=fields.StringField())  # type: ignore[assignment]

    def violations(self, graph: ImportGraph) -> Iterator[str]:
        """Yield the chains of imports from a model or a rule to a forbidden module."""
        forbidden = sorted(name for name in self.forbidden_modules if name in graph.modules)
        places = {
            module: self.place(graph, module) for module in sorted(graph.find_descendants(self.package))
        }
        pure = {
            module: place for module, place in places.items() if place is not None and place.kind <= Kind.RULE
        }
        for module, place in pure.items():
            if place.kind == Kind.MODEL:
                graph.remove_import(importer=module, imported=self.row_module)
        for edge in self.except_through:
            importer, _, imported = edge.partition(" -> ")
            graph.remove_import(importer=importer, imported=imported)
        for module in pure:
            for name in forbidden:
                chain = graph.find_shortest_chain(importer=module, imported=name)
                if chain is not None:
                    yield " -> ".join(chain)
