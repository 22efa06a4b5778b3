"""Corrections: a new entry beside the old one. Tables, plan and lights follow; what was published stays as it was published."""

import pytest
from sqlmodel import select

from bot.policy import Policy, read_policy
from bot.rules.words import Post, Role, Source
from storage import dispatch_log, groups, reports
from storage.tables import Milestone, Project, Report
from tests.test_doubts import LI, WANG, check_log, marks, reported, site

pytestmark = pytest.mark.slow


async def test_old_beside_new_with_a_reason_and_a_tap(settle_in):
    town = settle_in("2026-11-24 15:00")
    project = site(town)
    await reported(town, "65% 累计8000万")
    await town.sleep_until("2026-11-25 10:00")
    await town.says(WANG, "更正")
    assert "智诚慧家标准车间（11-24）" in town.text(WANG) and "65% 今年以来 8,000 万元" in town.text(WANG)
    await town.presses(WANG, "1")
    await town.says(WANG, "7600万")
    assert "为什么更正" in town.text(WANG)
    await town.says(WANG, "重复统计了设备款")
    card = town.text(WANG)
    assert "今年以来 8,000 万元 → 7,600 万元" in card and "原因：“重复统计了设备款”" in card
    await town.presses(WANG, "确认")
    assert "今年以来 7,600 万元（原 8,000 万元）" in town.text(WANG)
    with town.store.read() as session:
        new, old = reports.of_project(session, project)
        assert (new.corrects, new.reason, new.as_of) == (old.id, "重复统计了设备款", old.as_of)
        assert (old.invested_year, new.invested_year, new.progress) == (80_000_000, 76_000_000, 65)
        row = session.get(Project, project)
        assert (row.invested_year, row.invested_as_of) == (76_000_000, old.as_of)
        assert row.reasons[0]["facts"]["actual"] == 76_000_000
    await town.says(WANG, "日志 17")
    assert "更正 11-24 的填报" in town.text(WANG) and "今年投资 8,000 万元 → 7,600 万元" in town.text(WANG)
    await town.says(LI, "项目 17")
    assert "8,000 万元 → 7,600 万元" in town.text(LI)
    check_log(town)


async def test_figure_and_reason_in_one_sentence_and_nothing_before_the_tap(settle_in):
    town = settle_in("2026-11-24 15:00")
    site(town)
    await reported(town, "65% 累计8000万")
    await town.says(WANG, "更正")
    await town.presses(WANG, "1")
    await town.says(WANG, "因为看错行，应为62%")
    assert "形象进度 65% → 62%" in town.text(WANG) and "确认" in town.last(WANG).labels
    with town.store.read() as session:
        assert len(session.exec(select(Report)).all()) == 1
    await town.says(WANG, "61%")
    assert "65% → 61%" in town.text(WANG) and "看错行" in town.text(WANG)
    await town.presses(WANG, "取消")
    assert "没有更正" in town.text(WANG)
    with town.store.read() as session:
        assert len(session.exec(select(Report)).all()) == 1


async def test_an_older_report_put_right_leaves_the_newest_figures(settle_in):
    town = settle_in("2026-10-24 15:00")
    project = site(town)
    await reported(town, "60% 累计7800万")
    await town.sleep_until("2026-11-24 15:00")
    await reported(town, "65% 累计8800万")
    await town.says(WANG, "更正")
    await town.presses(WANG, "2")
    await town.says(WANG, "累计7700万，因为少算一笔退款")
    await town.presses(WANG, "确认")
    with town.store.read() as session:
        assert session.get(Project, project).invested_year == 88_000_000
    await town.says(WANG, "本月完成1000万")
    assert "今年以来 8,700 万元" in town.text(WANG), "the month counts up from the figure as it stands now"
    check_log(town)


async def test_a_milestone_told_in_error_is_open_again(settle_in):
    town = settle_in("2026-11-24 15:00")
    project = site(town)
    await reported(town, "65% 主体封顶已完成")
    await town.says(WANG, "更正")
    await town.presses(WANG, "1")
    await town.says(WANG, "主体封顶还没完成")
    await town.says(WANG, "说的是另一栋楼")
    assert "节点“主体封顶”→ 未完成" in town.text(WANG)
    await town.presses(WANG, "确认")
    with town.store.read() as session:
        assert session.exec(select(Milestone).where(Milestone.project == project)).one().done_on is None
    check_log(town)


async def test_a_doubt_ends_with_the_correction(settle_in):
    town = settle_in("2026-11-24 15:00")
    project = site(town)
    await reported(town, "65% 累计8000万")
    await reported(town, "累计1.5亿", "照报")
    assert marks(town, project)[0] == "open"
    await town.says(WANG, "更正")
    await town.presses(WANG, "1")
    await town.says(WANG, "8500万，因为多打一位")
    await town.presses(WANG, "确认")
    mark, rows = marks(town, project)
    assert mark == "" and {state for _, state, _ in rows} == {"corrected"}
    check_log(town)


async def test_a_dispatcher_corrects_with_a_reason_and_the_reporter_is_told(settle_in):
    town = settle_in("2026-11-24 15:00")
    project = site(town)
    await reported(town, "65% 累计8000万")
    await town.says(LI, "更正")
    assert "更正 17" in town.text(LI)
    await town.says(LI, "更正 17")
    await town.presses(LI, "1")
    await town.says(LI, "7600万，与发票核对")
    await town.presses(LI, "确认")
    assert "【更正】调度小李更正了“智诚慧家标准车间”11-24 的填报" in town.text(WANG)
    with town.store.read() as session:
        new = reports.of_project(session, project)[0]
        assert (new.source, new.person, new.recorded_by) == (Source.PROXY, town.people[WANG], town.people[LI])
    check_log(town)


async def test_nobody_else_may_and_nothing_is_corrected_twice(settle_in):
    town = settle_in("2026-11-24 15:00")
    site(town)
    town.person("外人")
    await reported(town, "65% 累计8000万")
    await town.says("外人", "更正 17")
    assert "智诚" not in town.text("外人")
    await town.says(WANG, "更正")
    listed = town.last(WANG)
    for words in ("7600万，因为算重了", "7500万，因为又算重了"):
        await town.presses(WANG, "1", message=listed) if listed.labels else None
        await town.says(WANG, words)
        if "确认" in town.last(WANG).labels:
            await town.presses(WANG, "确认")
        listed = town.last(WANG)
    with town.store.read() as session:
        assert len([row for row in session.exec(select(Report)).all() if row.corrects == 1]) == 1


async def test_an_edited_message_offers_a_correction(settle_in):
    town = settle_in("2026-11-24 15:00")
    project = site(town)
    await town.comes_in(person=WANG, name=WANG, chat=WANG, text="65% 累计8000万", facts={"message": "501"})
    await town.presses(WANG, "确认")
    await town.comes_in(
        person=WANG, name=WANG, chat=WANG, kind="edited", text="66% 累计8000万", facts={"message": "501"}
    )
    assert "为什么更正" in town.text(WANG)
    await town.says(WANG, "打错了一位")
    assert "65% → 66%" in town.text(WANG)
    await town.presses(WANG, "确认")
    with town.store.read() as session:
        assert session.get(Project, project).progress == 66
        assert reports.of_project(session, project)[0].corrects == 1
    check_log(town)


async def test_what_was_published_stays_and_the_next_summary_says_so_once(settle_in):
    town = settle_in("2026-11-24 15:00")
    site(town)
    unit = town.unit("长泉区", None)
    town.do(lambda desk: groups.bind(desk.session, "phone", "项目群", "", "项目群", unit, None, desk.now))
    await reported(town, "65% 累计6000万")
    await town.walk("2026-11-24 18:00")
    published = town.last("项目群")
    assert "智诚慧家标准车间" in published.text
    before = published.text
    await town.sleep_until("2026-11-25 10:00")
    await town.says(WANG, "更正")
    await town.presses(WANG, "1")
    await town.says(WANG, "5600万，因为重复统计")
    await town.presses(WANG, "确认")
    await town.walk("2026-11-25 18:00")
    assert published.text == before
    assert "更正：智诚慧家标准车间 11-24 的今年投资由 6,000 万元更正为 5,600 万元" in town.text("项目群")
    assert WANG not in town.text("项目群")
    await town.walk("2026-11-26 18:00")
    assert town.last("项目群") is not published and "更正" not in town.text("项目群")
    check_log(town)


async def test_a_unit_that_reviews_reports_reviews_corrections(settle_in):
    policy = read_policy()
    part = policy.file.report.model_copy(update={"review_units": ("区工信局",)})
    town = settle_in("2026-11-24 15:00", Policy(policy.file.model_copy(update={"report": part}), policy.text))
    town.person(WANG, "区工信局")
    town.person("分管局长", "区工信局", posts=[Post.DEPUTY_HEAD])
    project = town.project("审核项目", {Role.REPORTER: WANG}, lead="区工信局", plan=dict.fromkeys(range(1, 13), 1000))
    await reported(town, "65% 累计8000万")
    await town.presses("分管局长", "同意")
    await town.says(WANG, "更正")
    await town.presses(WANG, "1")
    await town.says(WANG, "7600万，因为重复统计")
    await town.presses(WANG, "确认")
    assert "审核后生效" in town.text(WANG)
    with town.store.read() as session:
        assert session.get(Project, project).invested_year == 80_000_000
    await town.presses("分管局长", "同意")
    with town.store.read() as session:
        assert session.get(Project, project).invested_year == 76_000_000
    check_log(town)


@pytest.mark.parametrize("words", ["更正", "更正 不存在的项目"])
async def test_nothing_to_correct(settle_in, words):
    town = settle_in("2026-11-24 15:00")
    site(town)
    await town.says(WANG, words)
    assert "没有可以更正的填报" in town.text(WANG)
    with town.store.read() as session:
        assert dispatch_log.verify(session, town.app.house.sealer).good
