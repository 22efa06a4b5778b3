"""Ledgers of many kinds of offices: number of projects, sums and sample cells are those that a careful dispatcher expects."""

from dataclasses import is_dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot.ledger import LedgerDate, read_ledger
from bot.rules.words import Role, Term
from tests.county_ledgers import EACH, expected, write

HERE = Path(__file__).parent / "data"
SUMS = ("total", "year_plan", "invested_year")


@pytest.mark.parametrize("name", EACH)
def test_a_ledger_is_read_as_a_careful_dispatcher_expects(name: str, tmp_path: Path) -> None:
    about = expected(name)
    ledger = read_ledger(write(about, tmp_path / f"{name}.xlsx"))
    assert [project.name for project in ledger.projects] == about.get("names", [])
    for field in SUMS:
        if field in about:
            assert sum(getattr(project, field) or 0 for project in ledger.projects) == about[field], field
    projects = {project.name: project for project in ledger.projects}
    for project, fields in about.get("found", {}).items():
        assert {path: told(projects[project], path) for path in fields} == fields, project
    wanted = about.get("matters", [])
    assert [
        {path: told(matter, path) for path in fields} for matter, fields in zip(ledger.matters, wanted, strict=True)
    ] == wanted
    assert ledger.forms[0].kind == about["kind"]


def told(row: Any, path: str) -> Any:
    """What stands in a field, as the folder writes it: days, words, persons by name, milestones as [name, day], nothing as "none"."""
    value = row
    for step in path.split("."):
        role = next((role for role in Role if role.zh == step), None)
        value = [one.name for one in value.get(role, ())] if role else getattr(value, step)
    if path == "milestones":
        return [[one.name, one.due or "none"] for one in value]
    if path == "month_plan":
        return {str(month): amount for month, amount in value.items()}
    return _plain(value)


def _plain(value: Any) -> Any:
    if isinstance(value, LedgerDate):
        value = value.day
    if value is None:
        return "none"
    if isinstance(value, Term):
        return value.zh
    if isinstance(value, Decimal):
        return int(value)
    assert not is_dataclass(value)
    return list(value) if isinstance(value, tuple) else value


def test_hidden_rows_and_columns_are_read_and_named_in_both_kinds_of_workbooks(tmp_path: Path) -> None:
    new = write(expected("hidden_rows_and_columns"), tmp_path / "ledger.xlsx")
    for path in (new, HERE / "ledger_hidden.xls"):
        ledger = read_ledger(path)
        assert [project.name for project in ledger.projects if project.hidden] == ["南园医院"]
        assert [one.letter for one in ledger.forms[0].columns if one.hidden] == ["D"]
        assert len(ledger.projects) == 3


def test_a_damaged_old_workbook_only_tells_nothing_of_what_is_hidden() -> None:
    from bot.ledger.hiding_old import hidden_in_old

    whole = (HERE / "ledger_hidden.xls").read_bytes()
    assert hidden_in_old(whole) == {"台账": (frozenset({3}), frozenset({3}))}
    for at in range(0, len(whole), 64):
        assert isinstance(hidden_in_old(whole[:at]), dict)
        assert isinstance(hidden_in_old(whole[:at] + b"\x00\x00\x00\x7f" * 16 + whole[at + 64 :]), dict)
    assert hidden_in_old(b"no workbook") == {}
