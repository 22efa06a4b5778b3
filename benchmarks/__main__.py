"""Prints one table: what, ours, base, ratio, aim, met. Arguments name the parts to run: `python -m benchmarks burst log`."""

import importlib
import logging
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from benchmarks.measure import Line

PARTS = (
    "control",
    "scan",
    "nudges",
    "burst",
    "alone",
    "summaries",
    "ledger",
    "papers",
    "log",
    "sending",
    "path",
    "pacing",
    "start",
    "charts",
    "reading",
)


def main() -> int:
    """Runs the parts named, or all. 0, whatever the ratios: they are aims, the counts in the tests decide."""
    wanted = sys.argv[1:] or PARTS
    if unknown := set(wanted) - set(PARTS):
        print(f"benchmarks: no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}", file=sys.stderr)
        return 2
    logging.disable(logging.CRITICAL)
    begun, table = time.perf_counter(), Table("what", "ours", "base", "ratio: median / best", "aim", "met?")
    console = Console(stderr=True)
    with Progress(
        SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=console, transient=True
    ) as shown:
        for name in wanted:
            task = shown.add_task(name, total=None)
            for line in _lines(name):
                met = "" if line.met is None else "yes" if line.met else "no"
                table.add_row(line.what, line.ours, line.base, line.ratio, line.aim, met)
            shown.remove_task(task)
    out = Console(width=None if sys.stdout.isatty() else 160)
    out.print(table)
    out.print(
        f"{time.perf_counter() - begun:.0f} s. Only ratios mean anything: both sides ran in turn, on this machine, just now."
    )
    return 0


def _lines(name: str) -> Iterator[Line]:
    """The lines of one part, in a directory of its own. A part that fails says so and harms no other."""
    with tempfile.TemporaryDirectory(prefix="diaodu-bench-") as home:
        try:
            yield from importlib.import_module(f"benchmarks.{name}").lines(Path(home))
        except Exception as error:
            traceback.print_exc()
            yield Line(name, f"failed: {type(error).__name__}")


if __name__ == "__main__":
    sys.exit(main())
