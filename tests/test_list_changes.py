"""The list changes (增补、退出、更名): with basis and day, out of tables and reminders from then on, found by every name, with its history."""

from datetime import date

import openpyxl
import pytest
from sqlmodel import select

from bot.ledger import Ledger, LedgerProject, Reason, read_ledger_safely
from bot.rules import list_words
from bot.rules.words import Post, Role
from handlers import denominators, month_table
from handlers import ledger as ledgers
from storage import board, dispatch_log, list_changes, projects
from storage.board import Reach
from storage.tables import Project
from tests.town import Town

pytestmark = pytest.mark.slow

LI, WANG, LEADER = "调度小李", "填报小王", "区长老高"


def settled(settle_in, now: str = "2026-11-24 09:10") -> Town:
    town: Town = settle_in(now)
    town.person(LI, posts=[Post.DISPATCHER])
    town.person(LEADER, posts=[Post.LEADER])
    for name in (WANG, "协调老吴"):
        town.person(name)
    roles: dict[Role, list[str] | str] = {Role.REPORTER: WANG, Role.COORDINATOR: "协调老吴"}
    plan = dict.fromkeys(range(1, 13), 1000)
    town.project("智诚慧家标准车间", roles, number=17, plan=plan, milestones=[("主体封顶", "2026-11-10")])
    town.project("北辰机电二期", roles, number=18, plan=plan)
    town.project("黄河大桥连接线", roles, number=19, plan=plan)
    return town


async def left(town: Town, said: str = "长泉发〔2026〕8号 11月20日 原因：资金未落实") -> None:
    await town.says(LI, "退出 17")
    await town.says(LI, said)
    await town.presses(LI, "确认")


@pytest.mark.parametrize(
    ("text", "day", "basis", "reason"),
    [
        ("长泉发〔2026〕8号 11月20日 原因：资金未落实", date(2026, 11, 20), "长泉发〔2026〕8号", "资金未落实"),
        ("依据：区政府第12次常务会议，2026-10-08起", date(2026, 10, 8), "区政府第12次常务会议", ""),
        ("区长批示 今天", date(2026, 11, 24), "区长批示", ""),
        ("项目办会议纪要", None, "项目办会议纪要", ""),
        ("12月20日 会议", date(2026, 12, 20), "会议", ""),
        ("2026年11月31日", None, "2026年11月31日", ""),
    ],
)
def test_basis_day_and_reason_are_read_from_one_line(text, day, basis, reason):
    said = list_words.read(text, date(2026, 11, 24))
    assert (said.day, said.basis, said.reason) == (day, basis, reason)


def test_a_new_project_is_told_by_its_fields_or_by_its_name():
    assert list_words.read_project("智诚慧家二期") == {"name": "智诚慧家二期"}
    said = list_words.read_project("名称：智诚慧家二期；级别：市；总投资：3.2亿\n牵头单位：区工信局")
    assert said == {"name": "智诚慧家二期", "level": "市", "total": "3.2亿", "lead": "区工信局"}


async def test_a_project_that_leaves_is_asked_about_no_more_and_its_history_stays(settle_in):
    town = settled(settle_in)
    await town.says(LI, "退出 17")
    await town.says(LI, "11月30日 会议")
    assert "还没有到" in town.text(LI)
    await town.says(LI, "11月20日")
    assert "请写明依据" in town.text(LI)
    await town.says(LI, "长泉发〔2026〕8号 11月20日 原因：资金未落实")
    assert "长泉发〔2026〕8号" in town.text(LI) and "资金未落实" in town.text(LI)
    town.reopen()
    await town.presses(LI, "确认")
    assert "共 2 项" in town.text(LI) and "11-20 退出 1 项" in town.text(LI)
    await town.walk("2026-11-25 09:30")
    said = [shown.text for shown in town.messages(WANG)]
    assert any("已退出重点项目清单" in text for text in said)
    assert not any("智诚慧家标准车间”节点" in text or "主体封顶" in text for text in said)
    await town.says(WANG, "17 65%")
    assert "智诚慧家" not in town.text(WANG), "who reported it reports it no more, and it looks as if there were none"
    await town.says(LI, "17")
    assert "已退出清单" in town.text(LI) and "长泉发〔2026〕8号" in town.text(LI)
    assert town.last(LI).labels == ["日志", "恢复项目"] and "空缺" not in town.text(LI)
    await town.says(LI, "日志 17")
    assert "退出清单" in town.text(LI) and "资金未落实" in town.text(LI)
    with town.store.read() as session:
        assert dispatch_log.verify_rows(session, town.app.house.sealer).good


async def test_a_day_said_after_the_card_changes_the_day_alone(settle_in):
    town = settled(settle_in)
    await town.says(LI, "退出 17")
    await town.says(LI, "长泉发〔2026〕8号 原因：资金未落实")
    town.reopen()
    await town.says(LI, "11月20日")
    card = town.text(LI)
    assert "自 11-20 起" in card and "长泉发〔2026〕8号" in card and "资金未落实" in card
    await town.presses(LI, "确认")
    await town.says(LI, "清单")
    assert "共 2 项" in town.text(LI)


async def test_it_is_in_no_list_or_rate_from_that_day_and_in_those_of_the_days_before(settle_in, tmp_path):
    town = settled(settle_in)
    await left(town)
    with town.store.read() as session:
        desk = town.desk(session)
        reach = board.reach(desk.standing(town.people[LI]), board.Action.BOARD)
        assert {row.number for row in board.projects(session, reach)} == {18, 19}
        assert sum(board.lights(session, reach).values()) == 2
        assert {row.number for row in projects.listed(session, date(2026, 11, 19))} == {17, 18, 19}
        assert {row.number for row in projects.listed(session, date(2026, 11, 20))} == {18, 19}
        for month, numbers in ((date(2026, 10, 1), 3), (date(2026, 11, 1), 2)):
            assert month_table.write(desk, tmp_path / "x.xlsx", month, None)["projects"] == numbers
        assert denominators.sentence(desk, reach, date(2026, 10, 31)) == "共 3 项（清单截至 10-31）"
    note = [row[0].value for row in openpyxl.load_workbook(tmp_path / "x.xlsx")["月报"].iter_rows() if row[0].value][-3]
    assert "共 2 项；另 11-20 退出 1 项" in note
    await town.says(LEADER, "现在有多少个项目")
    assert "2 个" in town.text(LEADER)


async def test_what_is_open_in_it_stays_on_the_desk(settle_in):
    town = settled(settle_in)
    town.person("自规收件", "区自然资源局", posts=[Post.INTAKE])
    await town.says(WANG, "反映问题 智诚慧家标准车间")
    for said in ("用地", "还差 30 亩指标", "一般", "提交"):
        await town.says(WANG, said)
    await left(town)
    with town.store.read() as session:
        reach = board.reach(town.desk(session).standing(town.people[LI]), board.Action.DISPATCH)
        assert [row.words for row in board.open_matters(session, reach)] == ["还差 30 亩指标"]


async def test_it_comes_back_with_the_roles_it_had(settle_in):
    town = settled(settle_in)
    await left(town)
    await town.walk("2026-11-26 09:30")
    await town.says(LI, "17")
    await town.presses(LI, "恢复项目")
    await town.says(LI, "区政府常务会议 今天")
    await town.presses(LI, "确认")
    assert "共 3 项" in town.text(LI) and "恢复 1 项" in town.text(LI)
    await town.says(WANG, "智诚慧家标准车间 65%")
    assert "智诚慧家标准车间" in town.text(WANG) and "65%" in town.text(WANG)
    with town.store.read() as session:
        assert {row.number for row in projects.listed(session, date(2026, 11, 21))} == {18, 19}
        assert dispatch_log.verify_rows(session, town.app.house.sealer).good


async def test_a_renamed_one_is_found_by_its_old_name_in_reports_questions_and_imports(settle_in):
    town = settled(settle_in)
    await town.says(LI, "更名 19 绕城快速路工程 长泉发改〔2026〕31号 11-12")
    assert "新名称：绕城快速路工程" in town.text(LI)
    await town.presses(LI, "确认")
    await town.says(WANG, "黄河大桥连接线 40%")
    assert "绕城快速路工程" in town.text(WANG) and "40%" in town.text(WANG) and "桥" not in town.text(WANG)
    await town.presses(WANG, "确认")
    await town.says(LEADER, "黄河大桥连接线进展怎么样")
    assert "绕城快速路工程" in town.text(LEADER) and "40%" in town.text(LEADER)
    await town.says(LI, "黄河大桥连接线")
    assert "原名“黄河大桥连接线”" in town.text(LI)
    entry = LedgerProject(sheet="台账", row=3, name="黄河大桥连接线", total=9_000_000)
    done = town.do(lambda desk: ledgers.take_in(desk, Ledger("台账", 2026, None, (entry,), (), (), ())))
    assert not done.added and [change.what for change in done.changes if change.what == "name"] == []
    with town.store.read() as session:
        row = projects.by_number(session, 19)
        assert row is not None and (row.name, row.total) == ("绕城快速路工程", 9_000_000)


async def test_a_name_that_is_taken_is_refused(settle_in):
    town = settled(settle_in)
    await town.says(LI, "更名 19 北辰机电二期 会议纪要")
    assert "已经是 18 号项目" in town.text(LI)
    await town.says(LI, "绕城快速路工程")
    await town.says(LI, "会议纪要")
    await town.presses(LI, "确认")
    assert "已更名" in town.text(LI)


async def test_a_new_one_is_added_by_chat(settle_in):
    town = settled(settle_in)
    await town.says(LI, "清单")
    assert "共 3 项" in town.text(LI) and town.last(LI).labels[:3] == ["增补", "退出", "更名"]
    await town.presses(LI, "增补")
    await town.says(LI, "名称：智诚慧家二期；级别：市；总投资：不知道")
    assert "不像一个金额" in town.text(LI)
    await town.says(LI, "名称：北辰机电二期")
    assert "已在清单里（18 号）" in town.text(LI)
    await town.says(LI, "名称：智诚慧家二期；级别：市；总投资：3.2亿；属地：归德街道")
    await town.says(LI, "长泉发〔2026〕30号 10-08")
    assert "市级 · 新建 · 总投资 3.2 亿元" in town.text(LI).replace("3.20", "3.2")
    await town.presses(LI, "确认")
    assert "共 4 项，其中 10-08 增补 1 项" in town.text(LI)
    with town.store.read() as session:
        row = session.exec(select(Project).where(Project.name == "智诚慧家二期")).one()
        assert (row.number, row.total, row.town, row.accepted_on) == (20, 320_000_000, "归德街道", date(2026, 11, 24))
        assert {row.number for row in projects.listed(session, date(2026, 10, 7))} == {17, 18, 19}
        assert dispatch_log.verify_rows(session, town.app.house.sealer).good


async def test_what_a_later_ledger_brings_is_added_on_its_basis(settle_in):
    town = settled(settle_in)
    entry = LedgerProject(sheet="台账", row=3, name="新来的项目", total=9_000_000)
    ledger = Ledger("长泉区2026年重点项目台账（11月调整）", 2026, None, (entry,), (), (), ())
    town.do(lambda desk: ledgers.take_in(desk, ledger))
    assert not list_of(town), "the list itself came in today: nothing was added to it"
    await town.walk("2026-11-25 09:30")
    town.do(
        lambda desk: ledgers.take_in(
            desk, Ledger(ledger.title, 2026, None, (LedgerProject(sheet="台账", row=4, name="又一个"),), (), (), ())
        )
    )
    assert [(row.kind, row.day, row.basis) for row in list_of(town)] == [("added", date(2026, 11, 25), ledger.title)]


def list_of(town: Town):
    with town.store.read() as session:
        found = [change for change, _ in list_changes.within(session, None, date(2026, 1, 1), date(2026, 12, 31))]
        session.expunge_all()
        return found


async def test_nobody_but_the_dispatcher_changes_it_and_only_in_their_district(settle_in):
    town = settled(settle_in)
    town.person("外区调度", "甲区", posts=[Post.DISPATCHER])
    for who in (WANG, LEADER):
        await town.says(who, "退出 17")
        assert "依据" not in town.text(who)
    await town.says("外区调度", "退出 17")
    assert "没有找到" in town.text("外区调度")
    await town.says(LEADER, "清单")
    assert "共 3 项" in town.text(LEADER) and "退出" not in town.last(LEADER).labels
    assert not list_of(town)


def test_only_those_that_have_left_are_out_of_reach():
    assert "left_on IS NULL" in str(Reach(frozenset({1})).where) and "left_on" not in str(
        Reach(frozenset({1}), left=True).where
    )


def changes_form(path):
    """清单调整表 as an office writes it."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["长泉区2026年重点项目清单调整表"])
    sheet.append(["序号", "调整类型", "项目名称", "更名后名称", "依据", "调整日期", "原因"])
    for row in (
        [1, "退出", "智诚慧家标准车间", "", "长泉发〔2026〕8号", "11月20日", "资金未落实"],
        [2, "更名", "黄河大桥连接线", "绕城快速路工程", "长泉发改〔2026〕31号", "2026-11-12", ""],
        [3, "增补", "智诚慧家三期", "", "长泉发〔2026〕30号", "2026.10.8", ""],
        [4, "退出", "没有的项目", "", "长泉发〔2026〕8号", "11月20日", ""],
        [5, "退出", "北辰机电二期", "", "", "11月20日", ""],
    ):
        sheet.append(row)
    book.save(path)
    return path


async def test_changes_come_in_as_a_table_once_whole_and_what_cannot_is_named(settle_in, tmp_path):
    town = settled(settle_in)
    ledger = read_ledger_safely(changes_form(tmp_path / "changes.xlsx"))
    assert [(one.row, one.reason) for one in ledger.problems] == [(7, Reason.MISSING)] and not ledger.projects
    done = town.do(lambda desk: ledgers.take_in(desk, ledger))
    record = town.do(lambda desk: ledgers.as_record(desk, ledger, done))
    assert record["list"] == {"done": 3, "same": 0}
    assert [(one["row"], one["value"], one["reason"]) for one in record["problems"]] == [
        (6, "没有的项目", "not_on_list"), (7, "", "missing"),
    ]  # fmt: skip
    with town.store.read() as session:
        assert {row.name for row in projects.listed(session)} == {"北辰机电二期", "绕城快速路工程", "智诚慧家三期"}
        assert dispatch_log.verify_rows(session, town.app.house.sealer).good
    again = town.do(lambda desk: ledgers.take_in(desk, ledger))
    assert (len(again.list_changes.done), again.list_changes.same) == (0, 3) and len(list_of(town)) == 3
