"""定稿: once a period is closed its figures are the same everywhere; what is put right later is shown as such and counts from then on."""

from datetime import date

import pytest
from sqlmodel import select

from bot.rules.periods import month_of, read
from bot.rules.words import Post, ReportState, Role, Source
from handlers import periods
from handlers import plans as plan_cards
from storage import dispatch_log, projects
from storage import periods as stored
from storage import reports as kept
from storage.tables import ClosedPeriod
from tests.town import Town, at

pytestmark = pytest.mark.slow

WANG, LI = "填报小王", "调度小李"
NAME = "智诚慧家标准车间"


def settled(settle_in, now: str = "2026-11-25 09:10") -> Town:
    town: Town = settle_in(now)
    town.person(WANG)
    town.person(LI, posts=[Post.DISPATCHER])
    town.person("外区调度", "甲区", posts=[Post.DISPATCHER], post_unit="甲区")
    values = {"plan": dict.fromkeys(range(1, 13), 1000), "invested_before": 0, "total": 400_000_000}
    town.project(NAME, {Role.REPORTER: WANG}, number=17, **values)
    town.project("北辰机电二期", {Role.REPORTER: WANG}, number=18, **values)
    return town


async def reports(town: Town, words: str) -> None:
    await town.says(WANG, words)
    await town.presses(WANG, "确认" if "确认" in town.last(WANG).labels else "照报")


def takes_in(town: Town, project: int, as_of: str, money: int) -> None:
    """A figure (万元) of an earlier day comes in with a ledger."""

    def add(desk) -> None:
        kept.add(
            desk.session, project=project, person=None, recorded_by=None, source=Source.IMPORT, state=ReportState.COUNTS, said_at=desk.now,
            as_of=date.fromisoformat(as_of), period="", progress=None, invested_year=money * 10_000, invested_period=None, milestones_done=[],
            words="", basis="台账", corrects=None, reason="", messages=[],
        )  # fmt: skip

    town.do(add)


async def corrects(town: Town, words: str) -> None:
    await town.says(WANG, "更正")
    if town.last(WANG).labels[:1] == ["1"]:
        await town.presses(WANG, "1")
    await town.says(WANG, words)
    await town.presses(WANG, "确认")


def november(town: Town, key: str = "2026-11") -> dict[int, tuple[int | None, int | None, str]]:
    """number of a project -> 万元 since January, in the period, progress."""
    with town.store.read() as session:
        desk = town.desk(session)
        period = read(key, desk.today)
        found = periods.listed(desk, None, period)
        figures = periods.figures(desk, found, period)
        return {
            row.number: (
                _wan(figures[row.id].actual),
                _wan(figures[row.id].done),
                f"{figures[row.id].progress or 0:.0f}",
            )
            for row in found
        }


def _wan(yuan: int | None) -> int | None:
    return None if yuan is None else yuan // 10_000


async def closed_november(settle_in) -> Town:
    town = settled(settle_in)
    await reports(town, f"{NAME} 65%，今年以来完成投资1.05亿元")
    await town.walk("2026-12-01 09:00", minutes=600)
    await town.says(LI, "定稿 11月")
    assert "未定稿" in town.text(LI) and "没有本期数 1 个" in town.text(LI) and "累计 1.05 亿元" in town.text(LI)
    town.reopen()
    await town.presses(LI, "定稿")
    return town


async def test_a_closed_month_is_the_same_whatever_is_said_later(settle_in):
    town = await closed_november(settle_in)
    assert "已定稿 12-01 09:00 调度小李，数字不再变" in town.text(LI) and town.last(LI).labels == [
        "重开",
        "文稿",
        "调度台",
    ]
    assert november(town) == {17: (10_500, None, "65"), 18: (None, None, "0")}
    await town.walk("2026-12-03 10:00", minutes=600)
    await corrects(town, "今年以来完成投资9800万元，63%，算错了")
    town.reopen()
    assert november(town) == {17: (10_500, None, "65"), 18: (None, None, "0")}
    assert november(town, "2026-12") == {17: (9_800, -700, "63"), 18: (None, None, "0")}
    await town.says(LI, "定稿 11月")
    assert "12-03 后更正：累计投资 1.05 亿元 → 9,800 万元，形象进度 65% → 63%" in town.text(LI)
    with town.store.read() as session:
        project = projects.by_number(session, 17)
        card = plan_cards.facts(town.desk(session), project)
        assert card["actual"] == 98_000_000 == project.invested_year
        assert [line[3] for line in card["months"]] == [105_000_000, -7_000_000]
        assert dispatch_log.verify(session, town.app.house.sealer).good


async def test_what_came_late_counts_in_the_next_month(settle_in):
    town = await closed_november(settle_in)
    await town.walk("2026-12-02 10:00", minutes=600)
    takes_in(town, 2, "2026-11-30", 6_000)
    assert november(town)[18] == (None, None, "0") and november(town, "2026-12")[18][:2] == (6_000, None)


async def test_a_project_that_came_later_is_not_in_the_closed_list(settle_in):
    town = await closed_november(settle_in)
    town.project("后来的项目", {Role.REPORTER: WANG}, number=19)
    assert set(november(town)) == {17, 18} and set(november(town, "2026-12")) == {17, 18, 19}


async def test_the_last_ten_days_and_the_month_end_alike(settle_in):
    town = settled(settle_in)
    await reports(town, f"{NAME} 65%，今年以来完成投资1.05亿元")
    await town.walk("2026-12-01 09:00", minutes=600)
    await town.says(LI, "定稿 11月下旬")
    await town.presses(LI, "定稿")
    await town.walk("2026-12-02 09:00", minutes=600)
    await corrects(town, "今年以来完成投资9800万元，算错了")
    await town.says(LI, "定稿 11月")
    await town.presses(LI, "定稿")
    assert november(town)[17][0] == november(town, "2026-11-3")[17][0] == 10_500


async def test_reopened_only_with_a_reason_and_logged(settle_in):
    town = await closed_november(settle_in)
    await town.presses(LI, "重开")
    assert "为什么重开" in town.text(LI)
    town.reopen()
    await town.says(LI, "入库项目漏报，区长同意")
    assert "未定稿" in town.text(LI)
    takes_in(town, 2, "2026-11-30", 6_000)
    assert november(town)[18][:2] == (6_000, None)
    await town.says(LI, "定稿 11月")
    await town.presses(LI, "定稿")
    with town.store.read() as session:
        entries = list(dispatch_log.entries(session, town.app.house.sealer, kind="period."))
        assert [one.row.kind for one in entries] == ["period.closed", "period.reopened", "period.closed"]
        assert entries[1].words == {"reason": "入库项目漏报，区长同意"}
        rows = stored.latest(session, [1], 5)
        assert [row.state for row in rows] == ["closed", "reopened"]
        assert rows[0].digest == entries[2].facts["digest"] != rows[1].digest
        figures = stored.closed_figures(session, [1, 2], month_of(at("2026-11-20 09:00").date()))
        assert stored.digest(figures.values()) == rows[0].digest


@pytest.mark.parametrize("words", ["定稿 12月", "定稿 本月"])
async def test_a_month_that_runs_cannot_be_closed(settle_in, words):
    town = settled(settle_in, "2026-12-10 09:10")
    await town.says(LI, words)
    assert "期末前最后一个工作日起" in town.text(LI) and town.last(LI).labels == ["文稿", "调度台"]


async def test_who_may_close_and_how_it_is_asked_for(settle_in):
    town = settled(settle_in)
    await town.says(WANG, "定稿")
    assert "“定稿”是调度员用的词" in town.text(WANG)
    await town.says(LI, "调度台")
    await town.presses(LI, "定稿")
    assert "1 2026年11月中旬：未定稿" in town.text(LI) and "2 2026年10月：未定稿" in town.text(LI)
    await town.presses(LI, "2")
    await town.presses(LI, "定稿")
    assert "已定稿" in town.text(LI)
    await town.says("外区调度", "定稿 10月")
    assert "调度小李（长泉区定稿）" in town.text("外区调度") and "0 个项目" in town.text("外区调度")
    assert town.last("外区调度").labels == ["文稿", "调度台"]
    await town.says(LI, "定稿 火星")
    assert "不是一个期次" in town.text(LI)
    with town.store.read() as session:
        assert len(session.exec(select(ClosedPeriod)).all()) == 1
