"""One closed month through every table, answer, picture and paper: whatever is said, planned or renamed afterwards, they tell what they told
at the closing, and what was put right stands beside it."""

import re
from collections.abc import Callable
from datetime import date

import openpyxl
import pytest
from sqlmodel import select

from bot.rules.periods import read
from bot.rules.words import Level, Light, Post, Role, Stage
from handlers import (
    bulletin,
    curve_chart,
    month_table,
    paper_words,
    periods,
    project_page,
    statistical_table,
    summary_table,
    ten_day_table,
)
from handlers import plans as plan_cards
from handlers.chart_scope import Scope
from storage import board, projects, stages
from storage.board import Reach
from storage.tables import Milestone, Plan, Project
from tests.town import Town, at

pytestmark = pytest.mark.slow

WANG, LI, LEADER = "填报小王", "调度小李", "张区长"
NOVEMBER = date(2026, 11, 1)
ONE, TWO, THREE = "智诚慧家标准车间", "北辰机电二期", "跨河大桥"
MOVING = ("存在问题", "总协调人", "协调责任人", "责任人", "导出")
"""Columns that tell what is so on the day of writing, and say it."""


async def _town(settle_in) -> Town:
    """A November with figures, closed on 1 December."""
    town: Town = settle_in("2026-10-22 09:10")
    town.person(WANG)
    town.person(LI, posts=[Post.DISPATCHER])
    town.person(LEADER, posts=[Post.LEADER])
    values = {"plan": dict.fromkeys(range(1, 13), 1000), "invested_before": 10_000_000, "total": 400_000_000}
    held = {Role.REPORTER: WANG, Role.GENERAL_DISPATCHER: LEADER}
    town.project(ONE, held, number=17, level=Level.PROVINCE, town="归德街道", category="产业发展", chain="家居", milestones=[("主体封顶", "2026-11-20")], **values)  # fmt: skip
    town.project(TWO, held, number=18, town="平安街道", category="基础设施", chain="机电", **values)
    town.project(THREE, held, number=19, town="平安街道", category="基础设施", **values)
    for moment, said in (
        ("2026-10-22 10:00", (f"{ONE} 50%，今年以来完成投资7000万元", f"{TWO} 30%，今年以来完成投资6000万元")),
        ("2026-11-25 10:00", (f"{ONE} 65%，今年以来完成投资8500万元", f"{TWO} 40%，今年以来完成投资10500万元")),
    ):
        town.now = at(moment)
        for words in said:
            await town.says(WANG, words)
            await town.presses(WANG, "确认" if "确认" in town.last(WANG).labels else "照报")
    await town.says(LI, "纳统 18 8000万 2026-11 原因：发票未到")
    await town.walk("2026-12-01 09:00", minutes=240)
    for period in ("11月下旬", "11月"):
        await town.says(LI, f"定稿 {period}")
        await town.presses(LI, "定稿")
    return town


async def _changes(town: Town) -> None:
    """Everything that a closed month must not follow."""
    await town.walk("2026-12-03 10:00", minutes=600)
    for words in (f"{ONE} 更正", f"{TWO} 更正"):
        await town.says(WANG, "更正")
        if "1" in town.last(WANG).labels:
            await town.presses(WANG, "1" if ONE in words else "2")
        await town.says(WANG, "今年以来完成投资9999万元，70%，算错了")
        await town.presses(WANG, "确认" if "确认" in town.last(WANG).labels else "照报")
    await town.says(LI, "纳统 18 9000万 2026-11 原因：补了凭证")

    def later(desk) -> None:
        one, two = (projects.by_number(desk.session, number) for number in (17, 18))
        for plan in desk.session.exec(select(Plan).where(Plan.month == 11)):
            plan.amount += 5_000_000
        one.name, one.level, one.category, one.chain, one.town = (
            "改了名的车间",
            Level.CITY,
            "社会民生",
            "新能源",
            "文昌街道",
        )
        one.total, one.invested_before, one.year_plan = 500_000_000, 90_000_000, 150_000_000
        one.light, two.light = Light.RED, Light.RED
        one.doubt = two.doubt = ""
        desk.session.flush()
        for project in (1, 3):
            stages.add(
                desk.session, project=project, stage=Stage.STARTED, day=date(2026, 6, 1), basis="permit", evidence="", resume_on=None, report=None,
                person=town.people[LI], said_at=desk.now, withdrawn_at=None,
            )  # fmt: skip
        stages.add(
            desk.session, project=2, stage=Stage.COMPLETED, day=date(2026, 11, 20), basis="", evidence="", resume_on=None, report=None,
            person=town.people[LI], said_at=desk.now, withdrawn_at=None,
        )  # fmt: skip
        for row in desk.session.exec(select(Milestone).where(Milestone.project == 1)):
            row.done_on = date(2026, 11, 19)

    town.do(later)
    await town.says(LI, "退出 19 2026-12-02 依据：区政府常务会")
    if "确认" in town.last(LI).labels:
        await town.presses(LI, "确认")


# --- where a month is told ----------------------------------------------------------------------------------------------


def _table(module) -> Callable[[Town, object], list[object]]:
    def read_back(town: Town, place) -> list[object]:
        path = place / "table.xlsx"
        with town.store.read() as session:
            module.write(town.desk(session), path, NOVEMBER, None)
        book = openpyxl.load_workbook(path)
        return [_body(sheet) for sheet in book.worksheets]

    return read_back


def _body(sheet) -> list[list[object]]:
    """Title, headers and rows up to the notes, without the columns that are of the day of writing."""
    found = [[cell.value for cell in row] for row in sheet.iter_rows()]
    heads = [" ".join(str(row[at] or "") for row in found[1:3]) for at in range(len(found[1]))]
    kept = [at for at, head in enumerate(heads) if not any(one in head for one in MOVING)]
    last = max(at for at, row in enumerate(found) if sum(value is not None for value in row) > 2)
    return [[row[at] for at in kept] for row in found[: last + 1]]


def _figures(town: Town, place) -> object:
    with town.store.read() as session:
        desk = town.desk(session)
        period = read("2026-11", desk.today)
        return [
            (one.name, one.level, one.light, one.actual, one.done, one.plan, one.year_plan, one.progress, one.doubt)
            for one in periods.figures(desk, periods.listed(desk, None, period), period).values()
        ]


def _paper(key: str) -> Callable[[Town, object], object]:
    def composed(town: Town, place) -> object:
        with town.store.read() as session:
            desk = town.desk(session)
            facts = bulletin.gathered(desk, read(key, desk.today), None)
            wanted = ("count", "levels", "kinds", "lights", "plan", "actual", "share", "planned", "in_month", "on_plan", "doubted", "ahead", "units", "groups", "standing")  # fmt: skip
            slow = [(one["name"], one["points"], one["share"], one["reasons"]) for one in facts["behind"]]
            words = [one for one in paper_words.sections(desk, facts) if one["name"] in ("overall", "good")]
            return [facts[name] for name in wanted], slow, words

    return composed


def _curve(town: Town, place) -> object:
    with town.store.read() as session:
        desk = town.desk(session)
        meant = Reach(projects=frozenset((1, 2)), left=True)
        drawn = curve_chart.values(desk, Scope(meant, "长泉区"))
        scale = drawn["points"] if "points" in drawn else drawn["told"]
        top = max(line["at"] for line in drawn["lines"])
        assert top
        return [round(point["y"], 6) for point in scale[:2]]


def _page(town: Town, place) -> object:
    with town.store.read() as session:
        desk = town.desk(session)
        found = [
            project_page.values(desk, row)["money"]
            for row in board.projects_among(session, Reach(projects=frozenset((1, 2)), left=True), (1, 2))
        ]
        return [[row[f"m{month}"] for month in (10, 11)] for rows in found for row in rows[1:]], [
            rows[0]["m11"] for rows in found
        ]


def _plan_card(town: Town, place) -> object:
    with town.store.read() as session:
        desk = town.desk(session)
        lines = [plan_cards.facts(desk, session.get(Project, one))["months"] for one in (1, 2)]
        return [[line for line in each if line[1] == 11] for each in lines]


TOLD: dict[str, Callable[[Town, object], object]] = {
    "figures": _figures, "旬报表": _table(ten_day_table), "月报": _table(month_table), "汇总表": _table(summary_table), "纳统对照": _table(statistical_table),
    "月通报": _paper("2026-11"), "旬报": _paper("2026-11-3"), "投资曲线": _curve, "一页纸": _page, "计划": _plan_card,
}  # fmt: skip

QUESTIONS = (
    "11月完成投资多少", "11月投资完成率多少", "11月红灯有几个", "11月黄灯有几个", "11月为什么黄", "11月开工率多少", "11月四率", "11月复工率", "11月竣工率多少", "11月还有几个没开工",
    "11月平均进度多少", "11月有几个项目", "11月停工的项目有几个", "11月谁没报", "11月哪个街道最慢", "11月哪个项目最慢", "11月哪条产业链最快", "11月平安街道情况怎么样", "11月下旬完成投资多少",
    "11月平安街道完成投资多少", "11月归德街道投资完成率多少", "11月机电产业链完成投资多少", "11月省级项目完成投资多少", "11月平安街道开工率多少", "11月归德街道黄灯有几个",
)  # fmt: skip


async def _answers(town: Town) -> list[str]:
    said = []
    for words in QUESTIONS:
        await town.says(LEADER, words)
        text = town.text(LEADER).split("清单：")[0]
        said.append(re.sub(r"定稿后更正过 \d 项，计入以后各期。", "", text))
    return said


async def test_one_closed_month_is_the_same_everywhere_whatever_comes_later(settle_in, tmp_path):
    town = await _town(settle_in)
    before = {name: told(town, tmp_path) for name, told in TOLD.items()}
    asked = await _answers(town)
    assert before["figures"] == [
        (ONE, Level.PROVINCE, Light.YELLOW, 85_000_000, 15_000_000, 10_000_000, 120_000_000, 65, ""),
        (TWO, Level.DISTRICT, Light.GREEN, 105_000_000, 45_000_000, 10_000_000, 120_000_000, 40, "open"),
        (THREE, Level.DISTRICT, Light.YELLOW, None, None, 10_000_000, 120_000_000, None, ""),
    ], before["figures"]
    await _changes(town)
    town.reopen()
    for name, told in TOLD.items():
        assert told(town, tmp_path) == before[name], name
    for words, then, now in zip(QUESTIONS, asked, await _answers(town), strict=True):
        assert now == then, words


async def test_what_came_later_is_shown_as_such(settle_in, tmp_path):
    town = await _town(settle_in)
    await _changes(town)
    path = tmp_path / "月报.xlsx"
    with town.store.read() as session:
        desk = town.desk(session)
        month_table.write(desk, path, NOVEMBER, None)
        following = bulletin.gathered(desk, read("2026-12", desk.today), None)
    notes = "\n".join(str(row[0].value) for row in openpyxl.load_workbook(path)["月报"].iter_rows() if row[0].value)
    assert re.search(r"2026年11月已于 2026-12-01 定稿（调度日志至第 \d+ 条），3 个项目的数字按定稿时的", notes), notes
    assert f"{ONE}：12-03 后更正：累计投资 8,500 万元 → 9,999 万元，形象进度 65% → 70%" in notes
    assert f"{TWO}：12-03 后报入库纳统投资 9,000 万元" in notes
    assert any("9,999 万元" in line for line in following["amended"])
    await town.says(LEADER, "11月完成投资多少")
    assert "定稿后更正过 2 项" in town.text(LEADER) and "12-01 定稿" in town.text(LEADER)


async def test_a_month_that_was_never_closed_has_the_lights_and_doubts_of_its_last_day(settle_in):
    town = await _town(settle_in)

    def later(desk) -> None:
        row = desk.session.get(Project, 1)
        row.light, row.doubt = Light.RED, "open"

    town.do(later)
    with town.store.read() as session:
        desk = town.desk(session)
        october, december = (read(key, desk.today) for key in ("2026-10", "2026-12"))
        then = periods.figures(desk, periods.listed(desk, None, october), october)
        now = periods.figures(desk, periods.listed(desk, None, december), december)
    assert then[1].light is not Light.RED and then[1].doubt == "" and now[1].light is Light.RED
    assert all(
        reason["facts"].get("as_of", {"date": "2026-10-22"}) == {"date": "2026-10-22"} for reason in then[1].reasons
    ), then[1].reasons
    await town.says(LEADER, "10月为什么红")
    assert "截至10月31日，长泉区重点项目红灯 1 个（共 3 个）" in town.text(LEADER) and "灯是那天的" in town.text(LEADER)
    assert f"18 {TWO}：" in town.text(LEADER) and "改了名" not in town.text(LEADER)
