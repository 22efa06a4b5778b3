"""月通报: a month in figures and words, like with like, and nobody blamed who met the target."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.ranking import Outcome, ahead, behind, groups, units
from bot.rules.words import Kind, Post, Role
from handlers import bulletin
from tests.town import Town

pytestmark = pytest.mark.slow

WANG, LI = "填报小王", "调度小李"


def outcome(
    project: int, actual: int, *, kind: Kind = Kind.NEW, total: int = 5 * 10**8, unit: int = 1, met: bool = True
) -> Outcome:
    return Outcome(project, kind, total, unit, 1000, 800, actual, None, Decimal(800 - actual) / 10, met)


def test_like_is_compared_with_like_and_praise_is_shared() -> None:
    found = [outcome(1, 900), outcome(2, 950), outcome(3, 990, kind=Kind.CONTINUED), outcome(4, 820, total=2 * 10**9)]
    assert {key: [one.project for one in group] for key, group in groups(found).items()} == {
        (Kind.NEW, "large"): [4],
        (Kind.NEW, "middle"): [2, 1],
        (Kind.CONTINUED, "middle"): [3],
    }
    assert [one.project for one in ahead(found, 3)] == [4, 2, 3]


outcomes = st.builds(
    outcome, st.integers(1, 99), st.integers(0, 1500), kind=st.sampled_from(Kind), total=st.integers(0, 10**10), unit=st.integers(1, 4),
    met=st.booleans(),
)  # fmt: skip


@given(st.lists(outcomes, max_size=30, unique_by=lambda one: one.project))
def test_who_met_the_target_is_never_blamed_and_units_add_up(found) -> None:
    assert not any(one.on_plan for one in behind(found, 99))
    assert not {one.project for one in ahead(found, 99)} & {one.project for one in behind(found, 99)}
    whole = units(found)
    assert sum(one.actual for one in whole) == sum(one.actual for one in found)
    assert sum(one.projects for one in whole) == len(found)


def read(path: Path) -> tuple[str, list[list[str]]]:
    paper = docx.Document(str(path))
    return "\n".join(line.text for line in paper.paragraphs), [
        [cell.text for cell in row.cells] for table in paper.tables for row in table.rows
    ]


async def test_a_months_bulletin(settle_in, tmp_path):
    town: Town = settle_in("2026-11-24 09:10")
    town.person(WANG)
    town.person("任调度")
    town.person(LI, posts=[Post.DISPATCHER])
    roles = {Role.REPORTER: WANG, Role.DISPATCH_OFFICIAL: "任调度"}
    plan = dict.fromkeys(range(1, 13), 1000)
    for number, name in ((17, "智诚慧家<标准>&车间"), (18, "北辰机电二期"), (19, "没有报过的路")):
        milestones = [("主体封顶", "2026-12-20")]
        town.project(name, roles, number=number, plan=plan, invested_before=0, total=400_000_000, milestones=milestones)
    for words in ("智诚慧家 80%，今年以来完成投资1.1亿元", "北辰机电二期 30%，今年以来完成投资3000万元"):
        await town.says(WANG, words)
        await town.presses(WANG, "确认" if "确认" in town.last(WANG).labels else "照报")
    path = tmp_path / "b.docx"
    with town.store.read() as session:
        assert bulletin.write(town.desk(session), path, None, None) == {"projects": 3}
    text, rows = read(path)
    assert "长泉区重点项目建设情况通报" in text and "（2026年11月）" in text and "在册重点项目3个" in text
    good, slow = text.split("三、进展较慢")[0].split("二、进展较好")[1], text.split("三、进展较慢")[1].split("四、")[0]
    assert "智诚慧家<标准>&车间" in good and "智诚慧家" not in slow and "占年度计划的91.7%" in good
    assert "北辰机电二期" in slow and "低于序时" in slow
    assert "长泉区（任调度）：北辰机电二期，2026年12月20日前完成“主体封顶”" in text
    assert (
        "没有报过的路" in text.split("六、本月未调度的项目")[1]
        and "北辰" not in text.split("六、本月未调度的项目")[1].split("附表")[0]
    )
    assert ["长泉区", "3", "1", "36,000", "14,000", "38.9%"] in rows
    assert any(row[1] == "智诚慧家<标准>&车间" and row[6] == "11,000" for row in rows)


async def test_a_past_month_counts_what_was_told_until_then(settle_in, tmp_path):
    town: Town = settle_in("2026-10-20 09:10")
    town.person(WANG)
    town.project("甲", {Role.REPORTER: WANG}, number=1, plan=dict.fromkeys(range(1, 13), 1000), invested_before=0)
    await town.says(WANG, "50%，今年以来完成投资6000万元")
    await town.presses(WANG, "确认" if "确认" in town.last(WANG).labels else "照报")
    await town.walk("2026-11-24 09:10", minutes=600)
    await town.says(WANG, "80%，今年以来完成投资1.1亿元")
    await town.presses(WANG, "确认" if "确认" in town.last(WANG).labels else "照报")
    path = tmp_path / "b.docx"
    with town.store.read() as session:
        bulletin.write(town.desk(session), path, date(2026, 10, 1), None)
    assert "累计完成6,000万元" in read(path)[0] and "截至2026年10月31日" in read(path)[0]


def test_a_template_of_their_own(settle_in, tmp_path):
    own = docx.Document()
    own.add_paragraph("{{ unit }}{{ year }}年第{{ month }}期，{{ count }}个项目")
    own.save(str(tmp_path / "own.docx"))
    town: Town = settle_in("2026-11-24 09:10")
    file = town.policy.file
    part = file.bulletin.model_copy(update={"template": str(tmp_path / "own.docx")})
    town.app.house.policy = type(town.policy)(file.model_copy(update={"bulletin": part}), "own")
    with town.store.read() as session:
        bulletin.write(town.desk(session), tmp_path / "b.docx", None, None)
    assert read(tmp_path / "b.docx")[0] == "2026年第11期，0个项目"


async def test_a_demand_about_a_past_month_never_names_a_day_that_is_over(settle_in, tmp_path):
    town: Town = settle_in("2026-10-20 09:10")
    town.person(WANG)
    town.project(
        "甲", {Role.REPORTER: WANG}, number=1, plan=dict.fromkeys(range(1, 13), 1000), invested_before=0,
        milestones=[("主体封顶", "2026-11-13"), ("竣工", "2027-06-30")],
    )  # fmt: skip
    await town.says(WANG, "30%，今年以来完成投资3000万元")
    await town.presses(WANG, "确认" if "确认" in town.last(WANG).labels else "照报")
    await town.walk("2026-11-24 09:10", minutes=600)
    path = tmp_path / "b.docx"
    with town.store.read() as session:
        bulletin.write(town.desk(session), path, date(2026, 10, 1), None)
    text, _ = read(path)
    demands = text.split("五、")[1].split("六、")[0]
    assert "抢回超期节点“主体封顶”" in demands and "2026年11月13日" not in demands
