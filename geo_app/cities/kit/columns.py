r"""How a field of ours is made from the columns of a file: a column, a constant, a format, a pattern, a map.

In `city.toml` a field is a column's name, or a table:
`{ column = "TYPE", pattern = '^(\\d)', map = { 1 = "fire" }, default = "other" }`, `{ format = "{省}{县}" }`,
`{ value = "department" }`. A pattern keeps its first group. What comes out empty is nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from geo_app.core.errors import BadInput

Row = Mapping[str, str]
KNOWN = {"column", "value", "format", "pattern", "map", "default"}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of ours; exactly one of `column`, `value` and `format` is set."""

    name: str
    column: str | None = None
    value: str | None = None
    format: str | None = None
    pattern: re.Pattern[str] | None = None
    map: Mapping[str, str] | None = None
    default: str | None = None

    @classmethod
    def read(cls, where: str, name: str, given: object) -> Field:
        """Return the field `name` as city.toml gives it; BadInput names what is wrong about it."""
        at = f"{where}.columns.{name}"
        if isinstance(given, str):
            return cls(name, column=given)
        if not isinstance(given, dict) or not set(given) <= KNOWN:
            raise BadInput(at, given, "a column's name, or a table of " + ", ".join(sorted(KNOWN)))
        if len({"column", "value", "format"} & set(given)) != 1:
            raise BadInput(at, given, "exactly one of column, value and format")
        texts = {key: str(given[key]) for key in ("column", "value", "format", "default") if key in given}
        mapped = {str(key): str(value) for key, value in given["map"].items()} if "map" in given else None
        pattern = None
        if "pattern" in given:
            try:
                pattern = re.compile(str(given["pattern"]))
            except re.error as error:
                raise BadInput(f"{at}.pattern", given["pattern"], "a regular expression") from error
            if not pattern.groups:
                raise BadInput(f"{at}.pattern", given["pattern"], "a regular expression with a group to keep")
        return cls(name, **texts, pattern=pattern, map=mapped)

    def columns(self) -> set[str]:
        """Return the columns of the file that the field needs."""
        if self.column is not None:
            return {self.column}
        return set(re.findall(r"\{([^{}:!]+)", self.format or ""))

    def of(self, row: Row) -> str | None:
        """Return the field's value in a row of the file, None when it is empty."""
        if self.column is not None:
            text = row[self.column]
        elif self.format is not None:
            text = self.format.format_map(row)
        else:
            text = self.value or ""
        text = text.strip()
        if self.pattern is not None:
            found = self.pattern.search(text)
            text = (found.group(1) or "") if found else ""
        if self.map is not None:
            text = self.map.get(text, "" if self.default is not None else text)
        return text or self.default or None
