"""Run benches and print them: a table for people, or JSON with --json. Started by `scripts/bench`."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Sequence
from dataclasses import asdict

from tests.bench.registry import Row, load


def main(arguments: Sequence[str]) -> int:
    """Run the benches named in `arguments`, or all, and print their rows.

    Return 0, or 1 when a result differs from its peer's; wrong use exits with 2.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was started is ended: servers, databases
    benches = load()
    parser = argparse.ArgumentParser(prog="scripts/bench", description="Measure ourselves against peers.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="one of: " + ", ".join(benches))
    parser.add_argument("--json", action="store_true", help="print a JSON list instead of a table")
    wanted = parser.parse_args(arguments)
    for name in wanted.names:
        if name not in benches:
            parser.error(f"there is no bench {name!r}; there are: {', '.join(benches)}")
    rows = []
    for name in wanted.names or benches:
        rows.append(benches[name]())
        if not wanted.json:
            print(line(rows[-1]), flush=True)
    if wanted.json:
        print(json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=1))
    return 1 if any(row.equal is False for row in rows) else 0


def line(row: Row) -> str:
    """Return `row` as one line for people."""
    text = f"{row.name}: {row.ours:.4g} {row.unit}"
    if row.peer is not None and row.peer_figure is not None and row.ratio is not None:
        text += f", {row.peer} {row.peer_figure:.4g} {row.unit}, {row.ratio:.2f} times better"
        if row.equal is not None:
            text += ", same result" if row.equal else ", RESULTS DIFFER"
    return f"{text} ({row.note})" if row.note else text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
