"""抽查: a sample drawn so that it can be shown to be fair; the inspector says 属实 or 不符 on the spot."""

import pytest
from sqlmodel import select

from bot.rules.truth import draw
from bot.rules.words import Post, Role, Source
from storage import dispatch_log, reports
from storage.tables import Project, Report, SpotCheck
from tests.test_doubts import LI, WANG, check_log, marks, photo

pytestmark = pytest.mark.slow

ZHAO = "督查老赵"


async def district(town, count=8):
    town.person(WANG)
    town.person(LI, posts=[Post.DISPATCHER])
    town.person(ZHAO, posts=[Post.SUPERVISOR])
    for number in range(1, count + 1):
        town.project(
            f"第{number}号标准车间",
            {Role.REPORTER: WANG},
            number=number,
            plan=dict.fromkeys(range(1, 13), 1000),
            invested_before=0,
        )
        await town.says(WANG, f"第{number}号标准车间 65% 累计8000万")
        await town.presses(WANG, "确认")


def drawn(town):
    with town.store.read() as session:
        entries = list(dispatch_log.entries(session, town.app.house.sealer, kind="spot.drawn"))
        return [entry.facts for entry in entries], session.exec(select(SpotCheck)).all()


async def test_the_draw_is_in_the_log_and_can_be_done_again(settle_in):
    town = settle_in("2026-11-24 10:00")
    await district(town)
    await town.says(LI, "抽查")
    assert "从 8 个项目中抽出 5 个" in town.text(LI) and town.last(LI).labels[0] == ZHAO
    await town.presses(LI, "取消")
    await town.says(LI, "抽查 3")
    await town.presses(LI, ZHAO)
    (first, second), rows = drawn(town)
    assert first["seed"] != second["seed"], "a draw that was not liked is in the log all the same"
    weights = {int(number): weight for number, weight in second["weights"].items()}
    assert draw(second["seed"], weights, 3) == second["sample"] == [row.project for row in rows]
    assert f"种子 {second['seed']}" in town.text(LI)
    await town.says(LI, "日志 1")
    check_log(town)


async def test_a_doubtful_project_weighs_more(settle_in):
    town = settle_in("2026-11-24 10:00")
    await district(town, 3)
    await town.says(WANG, "第2号标准车间 60%")
    await town.presses(WANG, "照报")
    await town.says(LI, "抽查 1")
    assert drawn(town)[0][0]["weights"] == {"1": 1, "2": 5, "3": 1}


async def test_true_on_the_spot(settle_in):
    town = settle_in("2026-11-24 10:00")
    await district(town, 2)
    await town.says(WANG, "第2号标准车间 60%")
    await town.presses(WANG, "照报")
    await town.says(LI, "抽查 2 督查老赵")
    assert "请您现场核实 2 个项目" in town.text(ZHAO)
    await town.says(LI, "调度台")
    assert "抽查未回 2" in town.text(LI)
    await town.presses(ZHAO, "查看")
    assert "今年以来 8,000 万元" in town.text(ZHAO)
    at = "1" if "1 第2号" in town.text(ZHAO) else "2"
    await town.presses(ZHAO, at)
    assert "上报（截至 11-24）" in town.text(ZHAO) and "存疑：形象进度 60%" in town.text(ZHAO)
    await town.presses(ZHAO, "属实")
    assert "还有 1 项" in town.text(ZHAO)
    assert marks(town, 2) == ("", [("progress_falls", "checked", "")])
    await town.says(LI, "抽查")
    assert "未回 1 项" in town.text(LI)
    await town.says(ZHAO, "抽查")
    assert "待核实 1 项" in town.text(ZHAO)
    await town.walk("2026-11-25 10:00")
    assert any("现场核实属实" in shown.text for shown in town.messages(LI))
    check_log(town)


async def test_not_true_is_a_new_entry_beside_the_old_one_and_the_reporter_is_told(settle_in):
    town = settle_in("2026-11-24 10:00")
    await district(town, 1)
    await town.says(LI, "抽查 1 督查老赵")
    await town.presses(ZHAO, "查看")
    await town.presses(ZHAO, "1")
    await town.presses(ZHAO, "不符")
    await town.sends_file(ZHAO, photo(7), caption="55%，二层未封顶")
    card = town.text(ZHAO)
    assert "【抽查不符】" in card and "65% → 55%" in card and "照片、文件 1 个" in card
    with town.store.read() as session:
        assert len(session.exec(select(Report)).all()) == 1
    await town.presses(ZHAO, "确认")
    with town.store.read() as session:
        new, old = reports.of_project(session, 1)
        assert (new.source, new.corrects, new.progress, old.progress) == (Source.INSPECTION, old.id, 55, 65)
        assert session.get(Project, 1).progress == 55
        [check] = session.exec(select(SpotCheck)).all()
        assert (check.state, check.report, check.correction) == ("corrected", old.id, new.id)
    assert "【抽查】“第1号标准车间”现场核实的数与 11-24 的填报不一致" in town.text(WANG)
    assert "原数保留" in town.text(WANG) and marks(town, 1) == ("", [])
    await town.says(LI, "日志 1")
    assert "抽查不符，更正 11-24 的填报：形象进度 65% → 55%" in town.text(LI)
    await town.says(LI, "抽查")
    assert "没有可抽的" in town.text(LI)
    check_log(town)


async def test_only_who_may_see_the_projects_is_sent_and_only_they_answer(settle_in):
    town = settle_in("2026-11-24 10:00")
    await district(town, 1)
    town.person("外人")
    await town.says(LI, "抽查 1 外人")
    assert "看不到抽中的项目" in town.text(LI) and town.messages("外人") == []
    await town.says(LI, ZHAO)
    assert "已派给督查老赵" in town.text(LI)
    await town.says("外人", "抽查")
    assert "没有要您核实的" in town.text("外人")
    await town.says(WANG, "抽查 3")
    assert "种子" not in town.text(WANG)


async def test_the_dispatcher_withdraws_a_check(settle_in):
    town = settle_in("2026-11-24 10:00")
    await district(town, 1)
    await town.says(LI, "抽查 1 督查老赵")
    await town.says(LI, "抽查")
    await town.presses(LI, "1")
    assert "派督查老赵核实" in town.text(LI)
    await town.presses(LI, "撤回")
    assert "已撤回" in town.text(LI)
    await town.says(ZHAO, "抽查")
    assert "没有要您核实的" in town.text(ZHAO)
    check_log(town)


async def test_a_report_put_right_meanwhile_is_checked_as_it_stands_now(settle_in):
    town = settle_in("2026-11-24 10:00")
    await district(town, 1)
    await town.says(LI, "抽查 1 督查老赵")
    await town.says(WANG, "更正")
    await town.presses(WANG, "1")
    await town.says(WANG, "64%，因为看错行")
    await town.presses(WANG, "确认")
    await town.says(ZHAO, "抽查")
    assert "64%" in town.text(ZHAO)
    await town.presses(ZHAO, "1")
    await town.presses(ZHAO, "属实")
    assert "属实" in town.text(ZHAO) and drawn(town)[1][0].report == 2
    check_log(town)
