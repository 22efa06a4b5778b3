"""A folder of ledgers as people really make them: each is read as it should be (tests/odd_ledgers.py has them)."""

from datetime import date
from typing import Any

import pytest

from bot.ledger import How, LedgerDate, read_ledger
from bot.rules.words import Role
from tests.odd_ledgers import ODD, Odd


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: odd.about)
def test_an_odd_ledger_is_read_as_it_should_be(odd: Odd, tmp_path: Any) -> None:
    ledger = read_ledger(odd.write(tmp_path / "odd.xlsx"))
    assert [project.name for project in ledger.projects] == list(odd.found)
    for project in ledger.projects:
        found = {path: told(project, path) for path in odd.found[project.name]}
        assert found == odd.found[project.name]
    assert len([problem for problem in ledger.problems if problem.reason.value != "no_unit"]) == odd.problems
    assert ledger.forms[0].kind == odd.kind
    assert "".join(one.letter for one in ledger.forms[0].columns if one.how.unsure) == odd.unsure
    rows = [
        {name: told(matter, name) for name in wanted}
        for matter, wanted in zip(ledger.matters, odd.matters, strict=True)
    ]
    assert rows == odd.matters


def told(project: Any, path: str) -> Any:
    """What stands in a field, plainly: dates as days, milestones as (name, day), persons by name."""
    value = project
    for step in path.split("."):
        if step.isdigit():
            value = value[int(step)]
        elif step in {role.zh for role in Role}:
            value = [person.name for person in value.get(Role.of(step), ())]
        else:
            value = getattr(value, step)
    if isinstance(value, LedgerDate):
        return value.day
    if path == "milestones":
        return [(one.name, one.due) for one in value]
    return value


def test_there_are_enough_of_them_and_each_is_another() -> None:
    assert len(ODD) >= 30
    assert len({odd.about for odd in ODD}) == len(ODD)


def test_what_is_said_of_a_column_counts_and_the_next_issue_of_the_form_remembers_it(tmp_path: Any) -> None:
    from bot.ledger import Asked

    rows = [
        ["长泉区2026年台账（1—9月）"],
        ["序号", "项目名称", "总投资（万元）", "责任单位", "1-9月情况", "情况"],
        [1, "甲项目", 1000, "区住建局", "", "主体三层"],
    ]
    odd = Odd("a form", rows, {})
    first = read_ledger(odd.write(tmp_path / "first.xlsx"))
    [form] = first.forms
    assert first.projects[0].progress_words == "" and form.columns[-1].how is How.UNKNOWN
    said = read_ledger(tmp_path / "first.xlsx", asked=Asked(chosen={form.fingerprint: {5: "progress_words"}}))
    assert said.projects[0].progress_words == "主体三层" and said.forms[0].columns[-1].how is How.CHOSEN
    kept = {form.fingerprint: {one.column: one.key for one in said.forms[0].columns}}
    rows[0][0], rows[1][4] = "长泉区2026年台账（1—10月）", "1-10月情况"
    again = read_ledger(odd.write(tmp_path / "next.xlsx"), asked=Asked(remembered=kept))
    assert again.forms[0].fingerprint == form.fingerprint
    assert again.projects[0].progress_words == "主体三层"
    assert {one.how for one in again.forms[0].columns} == {How.REMEMBERED}


def test_a_workbook_that_names_no_year_is_read_as_this_year_s_and_says_so(tmp_path: Any) -> None:
    from bot.ledger import Asked

    odd = Odd(
        "no year",
        [
            ["重点项目台账"],
            ["序号", "项目名称", "责任单位", "总投资（万元）", "竣工时间"],
            [1, "甲项目", "区住建局", 1000, "10月"],
        ],
        {},
    )
    path = odd.write(tmp_path / "ledger.xlsx")
    ledger = read_ledger(path, asked=Asked(this_year=2026))
    assert ledger.year == 2026 and [problem.reason.value for problem in ledger.problems] == ["no_year"]
    named = read_ledger(path, asked=Asked(this_year=2026, name="2025年台账.xlsx"))
    assert named.projects[0].finish and named.projects[0].finish.day == date(2025, 10, 31)
    assert not named.problems
