"""Blockers (问题), told as they go from hand to hand."""

import asyncio

import pytest
import sqlalchemy as sa
from sqlmodel import Session, select

from bot.messages import Incoming
from bot.rules.words import Category, MatterState, Post, Result, Role
from handlers import handover
from handlers.matters import find_number
from storage import dispatch_log, matters
from storage.tables import Matter, Outbox, Person, StoredFile
from tests.town import Town, at

SUN, WANG, LI = "业主老孙", "填报小王", "调度小李"
ZHAO, QIAN, DEPUTY, HEAD = "收件小赵", "科员小钱", "分管孙局", "局长老周"
OFFICE = "区自然资源局"


def settled(settle_in, now: str = "2026-11-24 09:10", policy=None) -> Town:
    """A district with one project, number 17, and one office for land."""
    town: Town = settle_in(now, policy)
    town.person(SUN, "智诚公司", phone="13800000000")
    town.person(WANG)
    town.person(LI, posts=[Post.DISPATCHER])
    town.person(ZHAO, OFFICE, posts=[Post.INTAKE], title="办公室")
    town.person(QIAN, OFFICE, title="用地科")
    town.person(DEPUTY, OFFICE, posts=[Post.DEPUTY_HEAD])
    town.person(HEAD, OFFICE, posts=[Post.HEAD])
    for name in ("调度责任人老郑", "协调老吴", "总调度老冯", "总协调老陈"):
        town.person(name)
    town.project(
        "智诚慧家标准车间",
        {
            Role.REPORTER: WANG,
            Role.OWNER_CONTACT: SUN,
            Role.DISPATCH_OFFICIAL: "调度责任人老郑",
            Role.COORDINATOR: "协调老吴",
            Role.GENERAL_DISPATCHER: "总调度老冯",
            Role.GENERAL_COORDINATOR: "总协调老陈",
        },
        number=17,
    )
    return town


async def raises(
    town: Town, who: str, category: str = "用地", words: str = "还差 30 亩指标", urgency: str = "一般"
) -> None:
    """`who` raises a blocker for their only project."""
    await town.says(who, "反映问题")
    await town.says(who, category)
    await town.says(who, words)
    await town.presses(who, urgency)
    await town.presses(who, "提交")


async def answers(
    town: Town, who: str, result: str = "已解决", words: str = "指标已下达，依据：长自规〔2026〕12 号"
) -> None:
    await town.presses(who, "办结")
    await town.presses(who, result)
    await town.says(who, words)


async def look_at(town: Town, moment: str) -> None:
    """The clock comes to this moment and looks once at everything."""
    await town.sleep_until(moment)


def row_of(town: Town, number: int = 1) -> Matter:
    with town.store.read() as session:
        found = matters.by_number(session, 17, number)
        assert found is not None
        session.expunge(found)
        return found


def read_by(town: Town, who: str) -> str:
    return "\n".join(shown.text for shown in town.messages(who))


def check_log(town: Town) -> None:
    with town.store.read() as session:
        assert dispatch_log.verify(session, town.app.house.sealer).good
        verdict = dispatch_log.verify_rows(session, town.app.house.sealer)
        assert verdict.good, verdict


# --- raising ----------------------------------------------------------------------------------------------------------


async def test_raised_signed_for_answered_solved_and_closed(settle_in):
    town = settled(settle_in)
    await town.says(SUN, "反映问题")
    assert town.last(SUN).labels == ["用地", "资金", "审批", "征拆", "要素", "更多"]
    await town.presses(SUN, "更多")
    assert town.last(SUN).labels == ["用工", "施工环境", "企业自身", "其他", "更多"]
    await town.presses(SUN, "更多")
    await town.presses(SUN, "用地")
    await town.says(SUN, "还差 30 亩指标")
    await town.sends_file(SUN, b"photo of the site", caption="西侧地块")
    await town.presses(SUN, "一般")
    card = town.text(SUN)
    assert "“还差 30 亩指标\n西侧地块”" in card and "照片、文件 1 个" in card
    assert f"提交后交{OFFICE}，11-27 09:10 前首次答复" in card
    await town.presses(SUN, "提交")
    assert f"编号 17-1，已交{OFFICE}，11-27 09:10 前首次答复" in town.text(SUN)

    card = town.last(ZHAO)
    assert card.labels == ["签收", "首次答复", "分办", "申请改派", "办结", "更多"]
    for fact in (
        "17-1 智诚慧家标准车间",
        "还差 30 亩指标",
        "11-24 09:10 业主老孙 13800000000 提出",
        "照片、文件 1 个",
        "请于 11-27 09:10 前首次答复",
    ):
        assert fact in card.text
    await town.presses(ZHAO, "更多")
    assert town.last(ZHAO).labels == ["反馈", "转办", "报上级", "法定审批", "提级", "更多"]
    await town.presses(ZHAO, "更多")
    assert town.last(ZHAO).labels == ["看照片", "更多"]
    await town.presses(ZHAO, "签收")
    assert "办理中" in town.text(ZHAO) and town.last(ZHAO).labels[:3] == ["首次答复", "分办", "申请改派"]
    await town.presses(ZHAO, "反馈")
    await town.says(ZHAO, "材料已收，正在组卷")
    await answers(town, ZHAO)

    assert "【请您确认是否解决】" in town.text(SUN) and "长自规〔2026〕12 号" in town.text(SUN)
    await town.presses(SUN, "已解决")
    assert "已销号" in town.text(SUN) and not town.last(SUN).labels
    row = row_of(town)
    assert (row.state, row.result, row.answer, row.basis) == (
        MatterState.CLOSED,
        Result.SOLVED,
        "指标已下达",
        "长自规〔2026〕12 号",
    )
    assert row.signed_at and row.answered_at and row.closed_at
    await look_at(town, "2026-11-25 09:20")
    assert "反馈：“材料已收，正在组卷”" in town.text(SUN)
    assert "17-1 智诚慧家标准车间：已销号" in town.text(ZHAO)
    check_log(town)


async def test_words_and_category_in_any_order_and_one_sentence_typed_behind_the_word(settle_in):
    town = settled(settle_in)
    await town.says(SUN, "反映问题 变压器容量不够，要增容")
    assert "“变压器容量不够，要增容”" in town.text(SUN) and "属于哪一类" in town.text(SUN)
    await town.says(SUN, "已经等了两个月")
    assert "已经等了两个月" in town.text(SUN)
    await town.says(SUN, "要素")
    assert "哪一项？" in town.text(SUN) and town.last(SUN).labels == ["路", "水", "电", "网", "气", "热"]
    await town.says(SUN, "紧急")
    await town.says(SUN, "电")
    assert "电 · 紧急\n“变压器容量不够，要增容\n已经等了两个月”" in town.text(SUN)
    await town.says(SUN, "提交")
    assert "编号 17-1，已交本项目责任人" in town.text(SUN)


async def test_a_draft_may_be_amended_and_cancelling_gives_the_words_back(settle_in):
    town = settled(settle_in)
    await town.says(SUN, "反映问题")
    await town.says(SUN, "用地")
    await town.says(SUN, "差三十亩")
    await town.says(SUN, "一般")
    await town.presses(SUN, "修改")
    assert town.last(SUN).labels == ["换类别", "改紧急程度", "取消"]
    await town.says(SUN, "差 40 亩")
    assert "“差 40 亩”" in town.text(SUN) and "差三十亩" not in town.text(SUN)
    await town.presses(SUN, "修改")
    await town.presses(SUN, "换类别")
    await town.presses(SUN, "征拆")
    assert "征拆 · 一般\n“差 40 亩”" in town.text(SUN)
    await town.presses(SUN, "取消")
    assert "没有提交" in town.text(SUN) and "差 40 亩" in town.text(SUN)
    with town.store.read() as session:
        assert session.exec(select(Matter)).first() is None


async def test_a_draft_outlives_a_restart_at_every_step(settle_in):
    town = settled(settle_in)
    for said in ("反映问题", "用地", "还差 30 亩指标", "一般"):
        await town.says(SUN, said)
        town.reopen()
    await town.presses(SUN, "提交")
    await town.presses(ZHAO, "办结")
    town.reopen()
    await town.presses(ZHAO, "部分解决")
    town.reopen()
    await town.says(ZHAO, "先批 10 亩")
    assert "答复（部分解决）：“先批 10 亩”" in town.text(SUN)
    check_log(town)


async def test_a_forgotten_draft_expires_and_its_words_come_back(settle_in):
    town = settled(settle_in)
    await town.says(SUN, "反映问题")
    await town.says(SUN, "用地")
    await town.says(SUN, "还差 30 亩指标")
    await town.says(SUN, "一般")
    card = town.last(SUN)
    await town.walk("2026-11-25 10:10", minutes=60)
    assert any("还差 30 亩指标" in shown.text and "已失效" in shown.text for shown in town.messages(SUN))
    await town.presses(SUN, "提交", message=card)
    assert "这份草稿已经不在了" in card.text


async def test_what_was_not_read_as_a_report_is_not_typed_again(settle_in):
    town = settled(settle_in)
    await town.says(SUN, "填报")
    card = town.last(SUN)
    await town.says(SUN, "供电局一直不来人")
    await town.presses(SUN, "反映问题")
    assert "“供电局一直不来人”" in card.text and "属于哪一类" in card.text
    await town.says(SUN, "取消")
    await town.says(SUN, "填报")
    await town.says(SUN, "65%")
    await town.says(SUN, "反映问题")
    assert "刚才没提交的内容没有写入：“65%”" in town.text(SUN)


async def test_picking_the_project_where_there_are_several(settle_in):
    town = settled(settle_in)
    town.project("北辰机电二期厂房", {Role.OWNER_CONTACT: SUN}, number=18)
    await town.says(SUN, "反映问题")
    await town.says(SUN, "路一直没修")
    await town.says(SUN, "北辰机电")
    assert "【反映问题】北辰机电二期厂房" in town.text(SUN) and "路一直没修" in town.text(SUN)
    await town.presses(SUN, "其他" if "其他" in town.last(SUN).labels else "更多")
    await town.says(SUN, "其他")
    await town.says(SUN, "一般")
    await town.presses(SUN, "修改")
    await town.presses(SUN, "换项目")
    await town.presses(SUN, "1")
    await town.presses(SUN, "提交")
    assert "编号 17-1" in town.text(SUN) or "编号 18-1" in town.text(SUN)


async def test_nobody_raises_for_what_is_not_theirs(settle_in):
    town = settled(settle_in)
    town.person("外人")
    await town.says("外人", "反映问题")
    assert "没有您可以反映问题的项目" in town.text("外人")
    town.person("业主老何", "别的公司")
    town.project("别的项目", {Role.OWNER_CONTACT: "业主老何"}, number=20)
    await town.says("业主老何", "反映问题")
    assert "【反映问题】别的项目" in town.text("业主老何")


# --- routing ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("category", "staff", "raiser", "goes_to"),
    [
        (Category.LAND, [("收件甲", Post.INTAKE), ("分管乙", Post.DEPUTY_HEAD), ("局长丙", Post.HEAD)], SUN, "收件甲"),
        (Category.LAND, [("分管乙", Post.DEPUTY_HEAD), ("局长丙", Post.HEAD)], SUN, "分管乙"),
        (Category.LAND, [("局长丙", Post.HEAD)], SUN, "局长丙"),
        (Category.LAND, [], SUN, "调度责任人"),
        (Category.OWNER, [("收件甲", Post.INTAKE)], SUN, "调度责任人"),
        (Category.LAND, [("收件甲", Post.INTAKE), ("收件乙", Post.INTAKE)], "收件甲", "收件乙"),
        (Category.LAND, [("收件甲", Post.INTAKE)], "收件甲", "调度责任人"),
        (Category.OTHER, [], "调度责任人", "协调人"),
    ],
)
async def test_where_a_matter_goes_and_never_to_who_raised_it(settle_in, category, staff, raiser, goes_to):
    town = settle_in("2026-11-24 09:10")
    for name in (SUN, "调度责任人", "协调人"):
        town.person(name)
    for name, post in staff:
        town.person(name, OFFICE, posts=[post])
    roles = {Role.OWNER_CONTACT: [SUN], Role.DISPATCH_OFFICIAL: ["调度责任人"], Role.COORDINATOR: ["协调人"]}
    if raiser not in (SUN, "调度责任人"):
        roles[Role.REPORTER] = [raiser]
    town.project("甲项目", roles, number=17)
    await raises(town, raiser, category.zh)
    assert row_of(town).person == town.people[goes_to]
    assert "【新问题，请办理】17-1" in town.text(goes_to)


async def test_the_second_of_two_names_in_a_cell_watches(settle_in):
    town = settle_in("2026-11-24 09:10")
    for name in (SUN, "老郑", "老徐"):
        town.person(name)
    town.project("甲项目", {Role.OWNER_CONTACT: SUN, Role.DISPATCH_OFFICIAL: ["老郑", "老徐"]}, number=17)
    await raises(town, SUN, "其他")
    assert "【新问题，请办理】" in town.text("老郑") and not town.messages("老徐")
    await look_at(town, "2026-11-25 09:20")
    assert "其他问题新提出，请知悉" in town.text("老徐")


async def test_without_anybody_on_the_project_it_is_the_dispatchers(settle_in):
    town = settle_in("2026-11-24 09:10")
    town.person(SUN)
    town.person("总调度人")
    town.person(LI, posts=[Post.DISPATCHER])
    town.project("甲项目", {Role.OWNER_CONTACT: SUN, Role.GENERAL_DISPATCHER: "总调度人"}, number=17)
    await raises(town, SUN, "其他")
    assert row_of(town).person == town.people[LI] and not town.messages("总调度人")


async def test_without_anybody_at_all_it_is_kept_listed_and_can_be_placed_later(settle_in):
    town = settle_in("2026-11-24 09:10")
    town.person(SUN)
    town.person("管理员", posts=[Post.ADMINISTRATOR])
    town.project("甲项目", {Role.OWNER_CONTACT: SUN}, number=17)
    await raises(town, SUN, "其他")
    assert "已交项目办" in town.text(SUN) and "请定由谁办理" in town.text("管理员")
    await look_at(town, "2026-11-24 09:11")
    await look_at(town, "2026-11-25 09:20")
    assert "17-1" in town.text("管理员")
    town.person(LI, posts=[Post.DISPATCHER])
    town.person(ZHAO, OFFICE, posts=[Post.INTAKE])
    await town.says(LI, "17-1")
    await town.presses(LI, "改派")
    await town.says(LI, OFFICE)
    assert row_of(town).person == town.people[ZHAO] and "【改派给您】" in town.text(ZHAO)
    check_log(town)


# --- in the unit ------------------------------------------------------------------------------------------------------


async def test_the_intake_hands_it_to_a_person_of_the_unit(settle_in):
    town = settled(settle_in)
    town.unit("自然资源一所", OFFICE)
    town.person("小孙", "自然资源一所", title="所员")
    await raises(town, SUN)
    await town.presses(ZHAO, "分办")
    assert "小孙（自然资源一所 所员）" in town.text(ZHAO) and "科员小钱（用地科）" in town.text(ZHAO)
    assert HEAD not in town.text(ZHAO) and DEPUTY not in town.text(ZHAO)
    await town.says(ZHAO, QIAN)
    assert f"已分办给{QIAN}" in town.text(ZHAO) and not town.last(ZHAO).labels
    assert "【分办给您】17-1" in town.text(QIAN) and "收件小赵分办给科员小钱" in town.text(QIAN)
    row = row_of(town)
    assert (row.person, row.due_at) == (town.people[QIAN], at("2026-11-27 09:10"))
    assert [step["person"] for step in row.steps[:3]] == [town.people[name] for name in (QIAN, DEPUTY, HEAD)]
    await answers(town, QIAN)
    await town.presses(SUN, "已解决")
    check_log(town)


async def test_two_of_one_name_are_told_apart_by_number(settle_in):
    town = settled(settle_in)
    town.person("张伟", OFFICE, title="用地科")
    first = town.people["张伟"]
    town.person("张伟", OFFICE, title="矿产科", bound=False)
    await raises(town, SUN)
    await town.presses(ZHAO, "分办")
    await town.says(ZHAO, "张伟")
    assert "分办给谁" in town.text(ZHAO)
    options = town.text(ZHAO).splitlines()
    await town.says(ZHAO, next(line for line in options if "张伟（用地科）" in line).split()[0])
    assert row_of(town).person == first


async def test_asking_for_another_unit_which_the_dispatcher_grants(settle_in):
    town = settled(settle_in)
    town.person("水务小何", "区城乡水务局", posts=[Post.INTAKE])
    await raises(town, SUN)
    await town.presses(ZHAO, "申请改派")
    await town.says(ZHAO, "是供水管线，归水务局")
    assert "申请改派" not in town.last(ZHAO).labels and "在此之前仍请办理" in town.text(ZHAO)
    assert "是供水管线，归水务局" in town.text(LI) and town.last(LI).labels[:2] == ["改派", "不同意"]
    await town.presses(LI, "改派")
    await town.presses(LI, "1")
    assert "已改派给区城乡水务局" in town.text(LI)
    assert "【改派给您】17-1" in town.text("水务小何")
    assert not [shown for shown in town.messages(ZHAO) if "签收" in shown.labels]
    await answers(town, "水务小何")
    await town.presses(SUN, "已解决")
    await look_at(town, "2026-11-25 09:20")
    assert "已改派给区城乡水务局" in town.text(SUN) and "不用您再答复" in town.text(ZHAO)
    check_log(town)


async def test_asking_for_another_unit_which_the_dispatcher_refuses_once_for_all(settle_in):
    town = settled(settle_in)
    await raises(town, SUN)
    await town.presses(ZHAO, "申请改派")
    await town.says(ZHAO, "不归我们")
    await town.presses(LI, "不同意")
    await town.says(LI, "土地就归你们")
    assert "未同意改派" in town.text(ZHAO) and "土地就归你们" in town.text(ZHAO)
    assert "申请改派" not in town.last(ZHAO).labels
    check_log(town)


async def test_the_number_of_a_matter_is_shown_and_is_not_the_word_that_was_asked_for(settle_in):
    town = settled(settle_in)
    await raises(town, SUN)
    await raises(town, SUN, words="临时用电还没接通", category="其他")
    await town.presses(ZHAO, "申请改派")
    await town.says(ZHAO, "17-1")
    assert "还差 30 亩指标" in town.text(ZHAO) and "申请改派" not in read_by(town, LI)
    await town.says(ZHAO, "不归我们")
    assert "不归我们" in town.text(LI) and "“17-1”" not in read_by(town, LI)
    check_log(town)


async def test_feedback_of_photos_alone(settle_in):
    town = settled(settle_in)
    await raises(town, SUN)
    await town.presses(ZHAO, "签收")
    await town.presses(ZHAO, "反馈")
    await town.sends_file(ZHAO, b"first", album="a")
    await town.sends_file(ZHAO, b"second", album="a")
    assert town.last(ZHAO).labels == ["提交", "取消"] and "已收到" in town.text(ZHAO)
    await town.presses(ZHAO, "提交")
    await look_at(town, "2026-11-25 09:20")
    assert f"{OFFICE}反馈了照片或文件" in town.text(SUN)
    await town.says(SUN, "17-1")
    await town.presses(SUN, "看照片")
    with town.store.read() as session:
        assert {row.matter for row in session.exec(select(StoredFile))} == {row_of(town).id}
        sent = session.exec(select(Outbox).where(Outbox.body.contains("1.jpg"))).one()  # type: ignore[attr-defined]
        assert sent.state == "sent"
    check_log(town)


async def test_every_result_an_answer_may_claim(settle_in):
    town = settled(settle_in)
    for number, result in enumerate(Result, 1):
        await raises(town, SUN)
        await answers(town, ZHAO, result.zh, "说明如下")
        assert row_of(town, number).result is result and f"答复（{result.zh}）：“说明如下”" in town.text(SUN)
        await town.presses(SUN, "已解决")
    check_log(town)


# --- the raiser is asked ------------------------------------------------------------------------------------------------


async def test_not_solved_goes_to_the_dispatcher_unseen_by_who_answered(settle_in):
    town = settled(settle_in)
    await raises(town, SUN)
    await answers(town, ZHAO)
    heard = len(town.messages(ZHAO))
    await town.presses(SUN, "未解决")
    await town.says(SUN, "只批了 10 亩")
    assert "只批了 10 亩" in town.text(LI) and town.last(LI).labels == ["退回办理", "销号", "抄送", "标为内部", "出单"]
    assert len(town.messages(ZHAO)) == heard
    for insider in (ZHAO, HEAD, WANG, "协调老吴"):
        await town.says(insider, "17-1")
        assert (
            "待核实" in town.text(insider) and "只批了" not in town.text(insider) and "未解决" not in town.text(insider)
        )
    with town.store.read() as session:
        assert [row.id for row in matters.to_decide(session)] == [row_of(town).id]
    await town.presses(LI, "退回办理")
    await town.says(LI, "请补齐其余 20 亩")
    assert "【退回办理】" in town.text(ZHAO) and "请补齐其余 20 亩" in town.text(ZHAO)
    await answers(town, ZHAO, words="其余 20 亩已批")
    await town.presses(SUN, "已解决")
    assert row_of(town).state is MatterState.CLOSED
    assert "只批了" not in read_by(town, ZHAO)
    check_log(town)


async def test_sent_back_the_limit_begins_anew(settle_in):
    town = settled(settle_in)
    await raises(town, SUN)
    await answers(town, ZHAO)
    await town.presses(SUN, "未解决")
    await town.says(SUN, "没有")
    town.now = at("2026-11-26 15:00")
    await town.presses(LI, "退回办理")
    await town.says(LI, "再办")
    assert row_of(town).due_at == at("2026-12-01 15:00")


async def test_the_dispatcher_closes_with_a_reason_the_raiser_hears(settle_in):
    town = settled(settle_in)
    await raises(town, SUN)
    await answers(town, ZHAO, "解释说明", "不在规划范围内")
    await town.presses(SUN, "未解决")
    await town.says(SUN, "不服")
    await town.presses(LI, "销号")
    await town.says(LI, "已当面解释清楚")
    assert row_of(town).state is MatterState.CLOSED
    await look_at(town, "2026-11-25 09:20")
    assert "已销号：“已当面解释清楚”" in town.text(SUN)
    check_log(town)


async def test_silence_of_five_working_days_is_the_dispatchers_too(settle_in):
    town = settled(settle_in)
    await raises(town, SUN)
    await answers(town, ZHAO)
    assert "请于 12-01 09:10 前确认" in town.text(SUN)
    await look_at(town, "2026-12-01 09:09")
    assert row_of(town).state is MatterState.ANSWERED and not any("裁定" in shown.text for shown in town.messages(LI))
    await look_at(town, "2026-12-01 09:10")
    assert row_of(town).state is MatterState.DISPUTED
    assert "【未解决，请裁定】" in town.text(LI) and "提出人未回复" in town.text(LI)
    assert not [shown for shown in town.messages(SUN) if "已解决" in shown.labels]
    await look_at(town, "2026-12-02 09:10")
    for day in ("2026-12-03 09:20", "2026-12-04 09:20"):
        await look_at(town, day)
        assert "反映人未确认解决，请裁定" in town.text(LI)
    check_log(town)


async def test_nobody_closes_what_they_answered(settle_in):
    town = settle_in("2026-11-24 09:10")
    town.person(SUN)
    town.person(LI, posts=[Post.DISPATCHER])
    town.person("督查老刘", posts=[Post.SUPERVISOR])
    town.project("甲项目", {Role.OWNER_CONTACT: SUN}, number=17)
    await raises(town, SUN, "其他")
    await answers(town, LI)
    await town.presses(SUN, "未解决")
    await town.says(SUN, "没有")
    assert "【未解决，请裁定】" not in read_by(town, LI) and "【未解决，请裁定】" in town.text("督查老刘")
    await town.says(LI, "17-1")
    assert "销号" not in town.last(LI).labels
    await town.presses("督查老刘", "销号")
    await town.says("督查老刘", "现场看过")
    assert row_of(town).state is MatterState.CLOSED
    check_log(town)


async def test_who_wrote_an_order_down_and_answered_it_does_not_say_that_it_is_solved(settle_in):
    """The leader is asked; where they have no account, and say nothing, the office without the answerer rules."""
    from tests.test_promises import orders

    town = settle_in("2026-11-24 09:10")
    town.person("市领导", bound=False)
    town.person(LI, posts=[Post.DISPATCHER])
    town.person("管理员", posts=[Post.ADMINISTRATOR])
    town.project("甲项目", {}, number=17)
    orders(town, "市领导", "2026-12-20", recorder=LI)
    await town.settle()
    await answers(town, LI)
    await town.says(LI, "17-1")
    assert "已解决" not in town.last(LI).labels and "未解决" not in town.last(LI).labels
    await look_at(town, "2026-12-01 09:10")
    await town.says(LI, "17-1")
    assert not {"销号", "退回办理"} & set(town.last(LI).labels)
    assert "【未解决，请裁定】17-1" in read_by(town, "管理员"), "nobody else is there"
    await town.presses("管理员", "销号")
    await town.says("管理员", "已向领导报告")
    assert row_of(town).state is MatterState.CLOSED
    check_log(town)


@pytest.mark.parametrize("away", [SUN, LI])
async def test_a_deputy_who_answered_does_not_close_it_for_somebody_else(settle_in, away):
    """The clerk has it and stands in for who raised it, or for the dispatcher: neither 已解决 nor 销号 is theirs."""
    town = settled(settle_in)
    await raises(town, SUN)
    await town.presses(ZHAO, "分办")
    await town.says(ZHAO, QIAN)
    await town.says(away, f"委托 {QIAN} 今天")
    await town.presses(away, "确认")
    await answers(town, QIAN)
    await town.says(QIAN, "17-1")
    assert not {"已解决", "未解决", "销号"} & set(town.last(QIAN).labels)
    await town.says(SUN, "17-1")
    await town.presses(SUN, "未解决")
    await town.says(SUN, "没有办")
    await town.says(QIAN, "17-1")
    assert not {"退回办理", "销号"} & set(town.last(QIAN).labels)
    await town.says(LI, "17-1")
    await town.presses(LI, "销号")
    await town.says(LI, "另案办理")
    assert row_of(town).state is MatterState.CLOSED
    check_log(town)


async def test_what_a_dispatchers_deputy_rules_the_log_says_for_whom(settle_in):
    town = settled(settle_in)
    town.person("水务小何", "区城乡水务局", posts=[Post.INTAKE])
    await raises(town, SUN)
    await town.says(LI, f"委托 {WANG} 今天")
    await town.presses(LI, "确认")
    await town.says(WANG, "17-1")
    await town.presses(WANG, "改派")
    await town.says(WANG, "区城乡水务局")
    await town.says(HEAD, "17-1")
    assert "填报小王（代调度小李）改派给区城乡水务局" in read_by(town, HEAD)
    check_log(town)


async def test_who_raised_an_urgent_matter_hears_at_once(settle_in):
    town = settled(settle_in)
    await raises(town, SUN, urgency="紧急")
    await town.presses(ZHAO, "签收")
    assert f"17-1 智诚慧家标准车间：{OFFICE}已签收" in town.text(SUN)
    await town.presses(ZHAO, "反馈")
    await town.says(ZHAO, "今天去现场")
    assert "今天去现场" in town.text(SUN)
    await town.presses(SUN, "查看")
    assert "今天去现场" in town.text(SUN) and "看照片" not in town.last(SUN).labels


# --- presses ----------------------------------------------------------------------------------------------------------


async def test_a_hundred_presses_at_once_have_one_effect(settle_in):
    town = settled(settle_in)
    await raises(town, SUN)
    token = next(button.token for button in town.last(ZHAO).card.buttons if button.label == "签收")
    batch = [
        Incoming("phone", "bot", f"p{number}", ZHAO, ZHAO, ZHAO, True, "press", press=token, handle=f"h{number}")
        for number in range(100)
    ]
    await asyncio.gather(town.app.receive(batch[:50]), town.app.receive(batch[50:]))
    await town.settle()
    with town.store.read() as session:
        kinds = [entry.row.kind for entry in matters.history(session, town.app.house.sealer, row_of(town))]
    assert kinds == ["matter.raised", "matter.signed"]
    assert sum("收件小赵 已在 11-24 09:10 选了“签收”" in toast for _, toast in town.phones.toasts) == 99
    check_log(town)


async def test_an_old_card_says_what_happened_meanwhile(settle_in):
    town = settled(settle_in)
    await raises(town, SUN)
    first = town.last(ZHAO)
    await town.says(ZHAO, "17-1")
    town.now = at("2026-11-24 10:00")
    await town.presses(ZHAO, "签收")
    await town.presses(ZHAO, "办结", message=first)
    assert "在这张卡片之后有了变化" in first.text and "11-24 10:00 您签收" in first.text
    assert "现在：办理中" in first.text and "办结" in first.labels and "签收" not in first.labels
    check_log(town)


async def test_words_for_a_step_that_no_longer_fits_are_given_back(settle_in):
    town = settled(settle_in)
    await raises(town, SUN)
    await town.presses(ZHAO, "办结")
    await town.presses(ZHAO, "已解决")
    await town.says(LI, "17-1")
    await town.presses(LI, "提级")
    await town.says(LI, "区里催得紧")
    await town.says(ZHAO, "指标已下达")
    assert "您刚才写的没有提交：“指标已下达”" in town.text(ZHAO) and "调度小李提级到分管负责人" in town.text(ZHAO)
    assert row_of(town).person == town.people[DEPUTY] and not row_of(town).answer
    check_log(town)


@pytest.mark.parametrize("press", ["提级", "分办"])
async def test_given_up_in_words_whatever_came_in_between(settle_in, press):
    town = settled(settle_in)
    await raises(town, SUN)
    await town.presses(ZHAO, press)
    await raises(town, SUN, words="第二件")
    assert "【新问题，请办理】17-2" in town.text(ZHAO)
    await town.says(ZHAO, "取消")
    row = row_of(town)
    assert (row.rung, row.person, row.version) == (0, town.people[ZHAO], 1)
    await town.says(ZHAO, "17-1")
    assert "17-1 智诚慧家标准车间" in town.text(ZHAO) and "签收" in town.last(ZHAO).labels
    check_log(town)


async def test_a_card_is_nobody_elses(settle_in):
    town = settled(settle_in)
    town.person("外人")
    await raises(town, SUN)
    token = next(button.token for button in town.last(ZHAO).card.buttons if button.label == "签收")
    for who in ("外人", "没有绑定的人", SUN):
        await town.comes_in(person=who, name=who, chat=who, kind="press", press=token, handle=f"by{who}")
    assert row_of(town).state is MatterState.UNSIGNED
    assert {toast for handle, toast in town.phones.toasts if handle.startswith("by")} == {"这不是给您的按钮。"}


# --- seeing -----------------------------------------------------------------------------------------------------------


async def test_absent_and_forbidden_look_the_same(settle_in):
    town = settled(settle_in)
    town.person("外人", "区财政局", posts=[Post.INTAKE])
    await raises(town, SUN)
    await town.says("外人", "17-1")
    forbidden = town.text("外人")
    await town.says("外人", "17-9")
    assert forbidden.replace("17-1", "17-9") == town.text("外人") and "没有找到" in forbidden


async def test_the_owners_contact_sees_no_internal_notes(settle_in):
    town = settled(settle_in)
    await raises(town, SUN)
    await town.presses(ZHAO, "分办")
    await town.presses(ZHAO, "1")
    await town.presses(QIAN, "申请改派")
    await town.says(QIAN, "推给水务")
    await town.presses(LI, "不同意")
    await town.says(LI, "不许推")
    await look_at(town, "2026-11-27 09:10")
    await town.says(SUN, "17-1")
    seen = read_by(town, SUN)
    for inner in (QIAN, ZHAO, DEPUTY, "推给水务", "不许推", "分管负责人", "申请改派", "绿灯", "红灯"):
        assert inner not in seen
    assert f"承办：{OFFICE}" in town.text(SUN) and "已提级协调" in town.text(SUN)
    await town.says(WANG, "17-1")
    assert "分管孙局 · 分管负责人" in town.text(WANG) and "推给水务" in town.text(WANG)


async def test_another_owners_contact_does_not_see_it(settle_in):
    town = settled(settle_in)
    await raises(town, WANG)
    await town.says(SUN, "17-1")
    assert "没有找到" in town.text(SUN)


async def test_my_matters(settle_in):
    town = settled(settle_in)
    await town.says(SUN, "事项")
    assert "没有和您有关的事项" in town.text(SUN)
    await raises(town, SUN, words="第一件")
    await raises(town, SUN, words="第二件")
    await answers(town, ZHAO)
    await town.says(SUN, "事项")
    assert "等我办的 1 件" in town.text(SUN) and "我反映的 2 件" in town.text(SUN)
    assert "17-2 第二件\n　智诚慧家标准车间\u00a0· 用地\u00a0· 待核实\u00a0· 11-24 起" in town.text(SUN)
    assert set(town.last(SUN).labels) == {"17-1", "17-2"}
    await town.says(SUN, "17-1")
    assert "第一件" in town.text(SUN)
    await town.says(ZHAO, "/matters")
    assert (
        "等我办的 1 件" in town.text(ZHAO)
        and "我关注的 1 件" in town.text(ZHAO)
        and "11-27 09:10 前" in town.text(ZHAO)
    )
    for leader in (HEAD, "总调度老冯"):
        await town.says(leader, "事项")
        assert "没有和您有关的事项" in town.text(leader)
    await town.says(ZHAO, "事项 17-2")
    assert "第二件" in town.text(ZHAO)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("17-3", (17, 3)),
        (" １７－３ ", (17, 3)),
        ("问题17-3", (17, 3)),
        ("17—3", (17, 3)),
        ("17-3 怎么样", None),
        ("65%", None),
        ("2026-11-24", None),
    ],
)
def test_a_matters_number(text, number):
    assert find_number(text) == number


async def test_outside_working_hours_it_waits_for_the_morning_and_is_signed_for_there(settle_in):
    town = settled(settle_in, "2026-11-24 20:00")
    await raises(town, SUN)
    assert not town.messages(ZHAO)
    await look_at(town, "2026-11-25 09:20")
    assert "【今日待办】" in town.text(
        ZHAO
    ) and "17-1 智诚慧家标准车间 用地问题：待签收，11-27 17:30 前首次答复" in town.text(ZHAO)
    await town.presses(ZHAO, "签收")
    assert row_of(town).state is MatterState.HANDLING
    await answers(town, ZHAO)
    await town.presses(SUN, "已解决")
    check_log(town)


async def test_the_english_reader_is_answered_in_english(settle_in):
    town = settled(settle_in)
    town.person("Ann", "智诚公司", locale="en")
    town.project("South Hall", {Role.OWNER_CONTACT: "Ann"}, number=30)
    await town.says("Ann", "/blocker")
    await town.presses("Ann", "Land")
    await town.says("Ann", "30 mu are missing")
    await town.presses("Ann", "Ordinary")
    await town.presses("Ann", "Submit")
    assert "Number 30-1" in town.text("Ann")
    await town.presses(ZHAO, "办结")
    await town.presses(ZHAO, "已解决")
    await town.says(ZHAO, "done")
    assert "[Please confirm whether it is solved]" in town.text("Ann") and town.last("Ann").labels == [
        "Solved",
        "Not solved",
    ]


async def test_the_clock_reads_the_open_ones_through_their_index(settle_in):
    town = settled(settle_in)
    seen: list[str] = []
    with Session(town.store.engine) as session:
        sa.event.listen(town.store.engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
        matters.due(session, town.now)
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {seen[-1]}", ("2026-11-24 00:00:00",)).all()
    assert any("ix_matter_open_look" in str(row) for row in plan), plan


async def test_of_several_changes_before_one_bundle_the_raiser_reads_each(settle_in):
    """Hands and dates: each is a line of the next bundle, in order, and none comes twice."""
    town = settled(settle_in)
    await raises(town, SUN)
    town.now = at("2026-11-24 10:00")
    await town.presses(ZHAO, "签收")
    await town.presses(ZHAO, "分办")
    await town.says(ZHAO, QIAN)
    await town.presses(QIAN, "首次答复")
    await town.says(QIAN, "先补正材料，12月4日前批复")
    await town.presses(QIAN, "申请延期")
    await town.says(QIAN, "专家改期，延到12月11日")
    await town.presses(LI, "同意")
    await town.says(QIAN, "17-1")
    await town.presses(QIAN, "提级")
    await town.says(QIAN, "要局里定")
    await look_at(town, "2026-11-25 09:20")
    lines = [line for line in town.text(SUN).splitlines() if "17-1" in line]
    said = ["已签收", "已分办到经办人", "首次答复，12-04 前办结", "办结期限改为 12-11（原定 12-04）", "已提级协调"]
    assert len(lines) == len(said) and all(words in line for line, words in zip(lines, said, strict=True)), town.text(
        SUN
    )
    await look_at(town, "2026-11-26 09:20")
    assert read_by(town, SUN).count("已签收") == 1
    check_log(town)


async def test_an_administrator_who_is_asked_in_the_end_can_open_it(settle_in):
    """No project, no dispatcher, no supervisor; the administrator's own unit is another one."""
    town = settle_in("2026-11-24 09:10")
    town.person("陈建国", posts=[Post.LEADER])
    town.person(ZHAO, OFFICE, posts=[Post.INTAKE])
    town.person("管理老马", "信息中心", posts=[Post.ADMINISTRATOR])
    await town.says("陈建国", "交办 请区自然资源局12月4日前拿出批而未供土地的清单")
    while "确认" not in town.last("陈建国").labels:
        await town.presses("陈建国", next(one for one in town.last("陈建国").labels if one not in ("取消", "修改")))
    await town.presses("陈建国", "确认")
    town.do(lambda desk: handover.deactivate(desk, desk.session.get(Person, town.people[ZHAO])))
    await town.settle()
    assert "【请定由谁办理】0-1" in town.text("管理老马")
    await town.says("管理老马", "0-1")
    assert "批而未供土地" in town.text("管理老马") and "改派" in town.last("管理老马").labels
    check_log(town)
