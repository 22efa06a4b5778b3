"""Orders from above (交办), those written down for a leader (代录), and what an inspection finds (督查发现)."""

from datetime import date

import pytest
from sqlmodel import select

from bot.rules.words import Category, MatterState, Origin, Post, Role, Urgency, Way
from storage import dispatch_log
from storage.tables import Matter, StoredFile
from tests.town import Town

pytestmark = pytest.mark.slow

CHEN, LI, SUN, DU, XU = "陈建国", "调度小李", "业主老孙", "督查老杜", "联络小徐"
ZHAO, HE, ZHU, WATER, CITY = "收件小赵", "供电小何", "住建小朱", "水务小尹", "市水小童"
LAND, POWER, HOUSING = "区自然资源和规划局", "供电中心", "区住房和城乡建设局"


def settled(settle_in, now: str = "2026-11-24 09:10") -> Town:
    """A Tuesday in a district with one project, number 17, a leader, and five units that can answer."""
    town: Town = settle_in(now)
    town.person(CHEN, title="区长", posts=[Post.LEADER])
    town.person("魏明远", title="副区长", posts=[Post.LEADER], bound=False)
    town.person(LI, posts=[Post.DISPATCHER])
    town.person(XU, posts=[Post.LIAISON])
    town.person(DU, posts=[Post.SUPERVISOR])
    town.person(SUN, "智诚公司")
    for name, unit in ((ZHAO, LAND), (HE, POWER), (ZHU, HOUSING), (WATER, "区水务局"), (CITY, "市水务局")):
        town.person(name, unit, posts=[Post.INTAKE])
    town.unit("区文化和旅游局")
    roles = {Role.GENERAL_COORDINATOR: CHEN, Role.OWNER_CONTACT: SUN}
    town.project("智诚慧家标准车间", roles, number=17)
    return town


def rows(town: Town) -> list[Matter]:
    with town.store.read() as session:
        found = list(session.exec(select(Matter).order_by(Matter.id)).all())  # type: ignore[arg-type]
        session.expunge_all()
        return found


def check_log(town: Town) -> None:
    with town.store.read() as session:
        assert dispatch_log.verify(session, town.app.house.sealer).good
        verdict = dispatch_log.verify_rows(session, town.app.house.sealer)
        assert verdict.good, verdict


def read_by(town: Town, who: str) -> str:
    return "\n".join(shown.text for shown in town.messages(who))


async def answers(town: Town, who: str, words: str = "方案已报区长，依据：长自规〔2026〕12 号") -> None:
    await town.presses(who, "办结")
    await town.presses(who, "已解决")
    await town.says(who, words)


# --- typed by a leader --------------------------------------------------------------------------------------------------


async def test_typed_confirmed_answered_and_closed_by_the_leader(settle_in):
    town = settled(settle_in)
    await town.says(CHEN, "交办 17 请自规局本周五前拿出供地方案，报区长审定")
    card = town.last(CHEN)
    assert card.labels == ["确认", "修改", "取消"]
    for line in (
        "【请确认交办】",
        f"主办：{LAND} {ZHAO}",
        "内容：“请自规局本周五前拿出供地方案，报区长审定”",
        "办成标准：拿出供地方案，报区长审定",
        "期限：11-27（“本周五前”）",
        "项目：17 智诚慧家标准车间",
        "类别：用地 · 一般",
    ):
        assert line in card.text, card.text
    assert not rows(town) and not town.messages(ZHAO)

    await town.presses(CHEN, "确认")
    assert f"已下达。编号 17-1，已交{LAND} {ZHAO}，11-27 前办结" in town.text(CHEN)
    [row] = rows(town)
    assert (row.origin, row.raised_by, row.recorded_by) == (Origin.DIRECTIVE, town.people[CHEN], None)
    assert (row.promised_on, row.category, row.standard) == (
        date(2026, 11, 27),
        Category.LAND,
        "拿出供地方案，报区长审定",
    )
    assert "【交办给您】17-1" in town.text(ZHAO) and "请于 11-27 09:10 前首次答复" in town.text(ZHAO)
    await town.says(CHEN, "事项")
    assert "我交办的 1 件" in town.text(CHEN) and "我反映的" not in town.text(CHEN)

    await answers(town, ZHAO)
    assert "【请您确认是否解决】17-1" in town.text(CHEN)
    await town.presses(CHEN, "已解决")
    assert rows(town)[0].state is MatterState.CLOSED
    check_log(town)


async def test_replied_to_a_card_of_a_project_and_of_a_matter(settle_in):
    town = settled(settle_in)
    await town.says(CHEN, "17")
    card = town.last(CHEN)
    await town.says(CHEN, "进展怎么样？", quote=card)
    assert "请确认交办" not in town.text(CHEN)
    await town.says(CHEN, "请供电公司月底前完成增容，马上办", quote=card)
    for line in (f"主办：{POWER}", "项目：17 智诚慧家标准车间", "类别：电 · 紧急", "期限：11-30（“月底前”）"):
        assert line in town.text(CHEN), town.text(CHEN)
    await town.presses(CHEN, "确认")
    assert "【交办给您】17-1" in town.text(HE)

    await town.says(CHEN, "17-1")
    await town.says(CHEN, "务必本周三前先拿出方案，不能再拖", quote=town.last(CHEN))
    assert f"主办：{POWER}" in town.text(CHEN) and "（就 17-1）" in town.text(CHEN)
    await town.presses(CHEN, "确认")
    assert "17-2" in town.text(HE)
    assert [row.urgency for row in rows(town)] == [Urgency.URGENT, Urgency.ORDINARY]
    check_log(town)


async def test_a_sentence_with_a_unit_and_a_thing_to_do_needs_no_word_but_a_confirmation(settle_in):
    town = settled(settle_in)
    await town.says(CHEN, "请住建局下周三前把施工许可办下来")
    assert "【请确认交办】" in town.text(CHEN) and not rows(town)
    await town.presses(CHEN, "取消")
    assert "没有下达" in town.text(CHEN) and "“请住建局下周三前把施工许可办下来”" in town.text(CHEN)
    assert not rows(town)


# --- written down for a leader --------------------------------------------------------------------------------------------


async def test_given_by_telephone_recorded_next_morning_answered_and_confirmed_by_the_leader(settle_in):
    town = settled(settle_in)
    await town.says(LI, "代录 昨天陈区长电话要求，请自规局本周五前就 17 号项目拿出供地方案")
    assert f"交办人：{CHEN}（区长）（11-23，电话，由您代录）" in town.text(LI), town.text(LI)
    await town.says(LI, "11月20日会上说的")
    assert "（11-20，会议，由您代录）" in town.text(LI)
    await town.says(LI, "昨天电话交办的")
    await town.presses(LI, "确认")
    [row] = rows(town)
    assert (row.raised_by, row.recorded_by) == (town.people[CHEN], town.people[LI])
    assert (row.given_on, row.given_way) == (date(2026, 11, 23), Way.TELEPHONE)
    card = town.text(ZHAO)
    assert "17-1" in card and f"{CHEN}（区长） 交办（11-23 电话，{LI}代录）" in card
    await town.presses(ZHAO, "签收")
    assert CHEN not in [shown.chat for shown in town.phones.messages]
    await answers(town, ZHAO)
    assert "【请您确认是否解决】17-1" in town.text(CHEN) and "【请您确认是否解决】17-1" in town.text(LI)
    await town.presses(CHEN, "已解决")
    assert rows(town)[0].state is MatterState.CLOSED
    assert "已解决" not in town.last(LI).labels
    check_log(town)


async def test_recorded_from_paper_with_photo_and_document_number_step_by_step(settle_in):
    town = settled(settle_in)
    await town.says(XU, "代录")
    assert town.last(XU).labels[:2] == ["1", "2"] and "1 陈建国（区长）" in town.text(XU)
    await town.presses(XU, "1")
    assert town.last(XU).labels == ["电话", "会议", "书面", "取消"]
    await town.says(XU, "昨天")
    await town.presses(XU, "书面")
    assert "文号是什么" in town.text(XU)
    await town.sends_file(XU, b"the page with the signature")
    assert "已收到 1 个文件" in town.text(XU)
    await town.says(XU, "长政办〔2026〕31号")
    assert "要哪个单位办什么" in town.text(XU)
    await town.says(XU, "请供电中心12月20日前完成智诚慧家标准车间增容")
    card = town.text(XU)
    for line in ("依据：长政办〔2026〕31号", "照片、文件 1 个", "（11-23，书面，由您代录）", "项目：17"):
        assert line in card, card
    await town.presses(XU, "确认")
    [row] = rows(town)
    assert (row.document, row.given_way, row.given_on) == ("长政办〔2026〕31号", Way.PAPER, date(2026, 11, 23))
    assert row.recorded_by == town.people[XU] and "照片、文件 1 个" in town.text(HE)
    with town.store.read() as session:
        assert session.exec(select(StoredFile.matter)).all() == [row.id]
    await town.says(XU, "事项")
    assert "我交办的 1 件" in town.text(XU)
    check_log(town)


async def test_of_a_leader_without_an_account_the_recorder_alone_decides(settle_in):
    town = settled(settle_in)
    await town.says(LI, "代录 魏副区长会上")
    assert "要哪个单位办什么" in town.text(LI)
    await town.says(LI, "请住建局11月27日前报整改方案")
    assert "交办人：魏明远（副区长）（11-24，会议，由您代录）" in town.text(LI), town.text(LI)
    await town.presses(LI, "确认")
    assert "交办领导没有账号，是否办成由您确认" in town.text(LI)
    await town.presses(ZHU, "签收")
    await town.presses(ZHU, "申请延期")
    await town.says(ZHU, "专家评审改期，延到12月3日")
    assert "【申请延期，请定】0-1" in town.text(LI)
    await town.presses(LI, "同意")
    await answers(town, ZHU)
    assert "【请您确认是否解决】0-1" in town.text(LI)
    assert "联系不上" not in read_by(town, LI)
    await town.presses(LI, "未解决")
    await town.says(LI, "方案没有工期")
    assert rows(town)[0].state is MatterState.DISPUTED
    check_log(town)


# --- several units, days off, changes -------------------------------------------------------------------------------------


async def test_three_units_one_leads_and_two_have_a_part(settle_in):
    town = settled(settle_in)
    await town.says(CHEN, "交办 17 请自规局牵头，住建局、供电公司配合，3月底前完成供地")
    card = town.text(CHEN)
    assert f"主办：{LAND}" in card and f"协办：{HOUSING}、{POWER}" in card and "期限：2027-03-31" in card, card
    await town.presses(CHEN, "确认")
    assert f"协办 17-2 {HOUSING}" in town.text(CHEN) and f"协办 17-3 {POWER}" in town.text(CHEN)
    assert "【请协办】17-2" in town.text(ZHU) and "【请协办】17-3" in town.text(HE)
    for who in (HE, ZHAO):
        await answers(town, who)
    assert "请您确认" not in read_by(town, CHEN)
    await answers(town, ZHU)
    assert "【请您确认是否解决】17-1" in town.text(CHEN)
    await town.presses(CHEN, "已解决")
    assert {row.state for row in rows(town)} == {MatterState.CLOSED}
    check_log(town)


async def test_a_day_off_as_limit_ends_on_the_next_working_day(settle_in):
    town = settled(settle_in)
    await town.says(CHEN, "交办 请住建局周六前清理完渣土")
    assert "期限：11-28（“周六前”），休息日，到 11-30 下班" in town.text(CHEN)
    await town.presses(CHEN, "确认")
    assert rows(town)[0].promised_on == date(2026, 11, 28)
    check_log(town)


async def test_what_is_missing_is_asked_for_and_what_is_typed_after_the_card_mends_it(settle_in):
    town = settled(settle_in)
    await town.says(CHEN, "交办 把渣土清理干净")
    assert "交给哪个单位办" in town.text(CHEN)
    await town.says(CHEN, "文旅局")
    assert "区文化和旅游局还没有人收件" in town.text(CHEN)
    await town.says(CHEN, "住建局")
    assert town.last(CHEN).labels[-1] == "不限期" and len(town.last(CHEN).labels) == 6
    await town.says(CHEN, "上周五")
    assert "已经过去了" in town.text(CHEN)
    await town.presses(CHEN, "不限期")
    assert "期限：不限期" in town.text(CHEN)
    old = town.last(CHEN)
    await town.says(CHEN, "改成下周三")
    assert "期限：12-02（“下周三”）" in town.text(CHEN) and "（改成下周三）" in town.text(CHEN)
    await town.says(CHEN, "加上供电公司配合")
    assert f"协办：{POWER}" in town.text(CHEN)
    await town.says(CHEN, "去掉供电公司")
    assert "协办：" not in town.text(CHEN)
    await town.says(CHEN, "同时把围挡修好")
    assert "把渣土清理干净\n同时把围挡修好" in town.text(CHEN)
    await town.presses(CHEN, "确认", message=old)
    assert not rows(town) and "【请确认交办】" in town.text(CHEN)
    await town.presses(CHEN, "修改")
    assert town.last(CHEN).labels == ["单位", "期限", "内容", "改紧急程度", "标为内部", "取消"]
    await town.presses(CHEN, "标为内部")
    await town.presses(CHEN, "修改")
    await town.presses(CHEN, "单位")
    await town.says(CHEN, "自规")
    await town.presses(CHEN, "修改")
    await town.presses(CHEN, "期限")
    await town.says(CHEN, "12-10")
    card = town.text(CHEN)
    assert f"主办：{LAND}" in card and "期限：12-10" in card and "· 内部" in card
    await town.presses(CHEN, "确认")
    [row] = rows(town)
    assert (row.internal, row.promised_on, row.unit) == (True, date(2026, 12, 10), town.unit(LAND))
    check_log(town)


async def test_new_words_are_read_again(settle_in):
    town = settled(settle_in)
    await town.says(CHEN, "交办 请住建局周五前清理渣土")
    await town.presses(CHEN, "修改")
    await town.presses(CHEN, "内容")
    await town.says(CHEN, "请供电公司月底前完成增容")
    assert f"主办：{POWER}" in town.text(CHEN) and "渣土" not in town.text(CHEN)


async def test_two_units_of_one_short_name_are_asked_apart(settle_in):
    town = settled(settle_in)
    await town.says(CHEN, "交办 请水务局12月10日前完成验收")
    assert "“水务局”是哪个单位" in town.text(CHEN) and town.last(CHEN).labels == ["1", "2", "取消"]
    assert "1 区水务局" in town.text(CHEN) and "2 市水务局" in town.text(CHEN)
    await town.presses(CHEN, "2")
    assert "主办：市水务局" in town.text(CHEN)
    await town.presses(CHEN, "确认")
    assert "【交办给您】0-1" in town.text(CITY) and not town.messages(WATER)
    check_log(town)


async def test_the_service_stops_in_the_middle_of_a_draft(settle_in):
    town = settled(settle_in)
    await town.says(CHEN, "交办 17 请自规局拿出供地方案")
    town.reopen()
    await town.says(CHEN, "下周三")
    town.reopen()
    await town.presses(CHEN, "确认")
    assert [row.promised_on for row in rows(town)] == [date(2026, 12, 2)]
    check_log(town)


async def test_a_draft_left_alone_gives_its_words_back(settle_in):
    town = settled(settle_in)
    await town.says(CHEN, "交办 请自规局拿出供地方案")
    await town.walk("2026-11-26 10:00", 120)
    assert "交办草稿" in town.text(CHEN) and "“请自规局拿出供地方案”" in town.text(CHEN)
    await town.says(CHEN, "确认")
    assert not rows(town)


async def test_an_issued_or_cancelled_draft_cannot_be_issued_again(settle_in):
    town = settled(settle_in)
    await town.says(CHEN, "交办 请自规局周五前拿出供地方案")
    card = town.last(CHEN)
    await town.presses(CHEN, "确认")
    await town.comes_in(
        person=CHEN, name=CHEN, chat=CHEN, kind="press", press=card.card.buttons[0].token, quote=card.number, handle="h"
    )
    assert len(rows(town)) == 1


# --- who may not ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words", ["交办 请自规局周五前拿出方案", "代录 陈区长要求请自规局拿出方案", "督查发现 扬尘未覆盖"]
)
async def test_who_may_not_order_is_told_what_they_can_do(settle_in, words):
    town = settled(settle_in)
    await town.says(SUN, words)
    assert "反映问题" in town.text(SUN) and words.split(" ")[1] in town.text(SUN)
    assert town.last(SUN).labels == ["反映问题"] and not rows(town)


async def test_the_dispatcher_who_types_the_word_records_for_a_leader(settle_in):
    town = settled(settle_in)
    await town.says(LI, "交办 请自规局周五前拿出方案")
    assert "是哪位领导" in town.text(LI)
    await town.says(LI, "老马")
    assert "没有找到“老马”这位领导" in town.text(LI)
    await town.says(LI, "建国")
    assert "陈建国（区长） 怎么交办的" in town.text(LI)


async def test_a_liaison_sees_the_board_and_the_district_but_orders_nothing(settle_in):
    town = settled(settle_in)
    await town.says(XU, "总览")
    assert "绿" in town.text(XU)
    await town.says(XU, "请自规局周五前拿出方案")
    assert "请确认交办" not in town.text(XU)


# --- what an inspection finds -------------------------------------------------------------------------------------------------


async def test_found_on_inspection_with_a_photo_put_right_and_closed(settle_in):
    town = settled(settle_in)
    await town.sends_file(DU, b"dust", caption="督查发现 17 扬尘未覆盖，责成住建局11月30日前整改")
    card = town.text(DU)
    for line in (
        "【请确认督查发现】", f"主办：{HOUSING} {ZHU}", "“扬尘未覆盖，责成住建局11月30日前整改” · 照片、文件 1 个", "办成标准：整改",
        "期限：11-30", "项目：17", "类别：施工环境",
    ):  # fmt: skip
        assert line in card, card
    await town.sends_file(DU, b"more dust")
    assert "照片、文件 2 个" in town.text(DU)
    await town.presses(DU, "确认")
    [row] = rows(town)
    assert (row.origin, row.raised_by) == (Origin.INSPECTION, town.people[DU])
    assert "【督查发现，请整改】17-1" in town.text(ZHU) and "照片、文件 2 个" in town.text(ZHU)
    await answers(town, ZHU, "已全部覆盖")
    await town.presses(DU, "已解决")
    assert rows(town)[0].state is MatterState.CLOSED
    check_log(town)


# --- odd ends -------------------------------------------------------------------------------------------------------------------


async def test_not_sure_which_unit_the_office_says_who(settle_in):
    town = settled(settle_in)
    await town.says(CHEN, "交办 17 12月10日前把渣土清理干净")
    await town.says(CHEN, "待定")
    assert "主办：待定，由项目办分派" in town.text(CHEN)
    await town.presses(CHEN, "确认")
    assert "【请定由谁办理】17-1" in town.text(LI)
    await town.presses(LI, "改派")
    await town.says(LI, HOUSING)
    assert "17-1" in town.text(ZHU) and rows(town)[0].promised_on == date(2026, 12, 10)
    check_log(town)


async def test_today_after_hours_is_over(settle_in):
    town = settled(settle_in, "2026-11-24 18:10")
    await town.says(CHEN, "交办 请供电公司今天务必解决")
    assert "已经过去了" in town.text(CHEN) and "什么时候前" in town.text(CHEN)


async def test_a_person_named_gets_it_in_hand(settle_in):
    town = settled(settle_in)
    town.person("钱多多", LAND, title="用地科长")
    await town.says(CHEN, "交办 请钱多多下周三前把红线图报来")
    assert f"主办：{LAND} 钱多多（用地科长）" in town.text(CHEN)
    await town.presses(CHEN, "确认")
    assert "【交办给您】0-1" in town.text("钱多多") and not town.messages(ZHAO)
    check_log(town)


async def test_a_deputy_orders_for_the_leader_who_is_away(settle_in):
    town = settled(settle_in)
    town.person("韦副职")
    await town.says(CHEN, "委托 韦副职 今天")
    await town.presses(CHEN, "确认")
    await town.says("韦副职", "交办 请住建局12月10日前完成验收")
    assert f"交办人：{CHEN}（区长）（由您代录）" in town.text("韦副职")
    await town.presses("韦副职", "确认")
    [row] = rows(town)
    assert (row.raised_by, row.recorded_by) == (town.people[CHEN], town.people["韦副职"])
    check_log(town)


async def test_the_words_of_another_draft_are_given_back(settle_in):
    town = settled(settle_in)
    await town.says(LI, "反映问题 17 变压器容量不够")
    await town.says(LI, "代录")
    assert "没有写入：“" in town.text(LI) and "变压器容量不够" in town.text(LI)


async def test_a_card_about_several_projects_asks_which(settle_in):
    town = settled(settle_in)
    for number, name in ((18, "空天产业基地"), (19, "北辰机电二期")):
        town.project(name, {Role.GENERAL_COORDINATOR: CHEN}, number=number)
    await town.says(CHEN, "项目")
    await town.says(CHEN, "请供电公司月底前送电", quote=town.last(CHEN))
    assert "说的是哪个项目" in town.text(CHEN) and town.last(CHEN).labels[-1] == "不涉及项目"
    await town.says(CHEN, "18")
    assert "项目：18 空天产业基地" in town.text(CHEN)


async def test_an_edited_message_is_read_again(settle_in):
    town = settled(settle_in)
    await town.comes_in(person=CHEN, name=CHEN, chat=CHEN, text="交办 请住建局12月10日前验收", facts={"message": "900"})
    await town.comes_in(person=CHEN, name=CHEN, chat=CHEN, kind="edited", quote="900", text="请住建局12月20日前验收")
    assert "期限：12-20" in town.text(CHEN) and "12月10日" not in town.text(CHEN)


async def test_the_english_reader_orders_in_english(settle_in):
    town = settled(settle_in)
    town.person("Anna", posts=[Post.LEADER], title="head", locale="en")
    await town.says("Anna", "交办 17 请自规局牵头，住建局配合，周六前拿出方案")
    assert "[Please confirm the order]" in town.text("Anna") and f"Co-units: {HOUSING}" in town.text("Anna")
    await town.presses("Anna", "Change")
    await town.presses("Anna", "Day")
    await town.presses("Anna", "No limit")
    await town.presses("Anna", "Confirm")
    assert "Issued. Number 17-1" in town.text("Anna")
    await town.says("Anna", "帮助")
    assert "order something" in town.text("Anna")


# --- a legal step on an order -------------------------------------------------------------------------------------------


async def test_a_legal_step_on_an_order_keeps_its_day_until_who_gave_it_agrees_to_another(settle_in):
    town = settled(settle_in)
    await town.says(CHEN, "交办 17 请自规局本周五前拿出供地方案，报区长审定")
    await town.presses(CHEN, "确认")
    await town.presses(ZHAO, "法定审批")
    await town.says(ZHAO, "土地组卷报批")
    row = rows(town)[0]
    assert (row.promised_on, row.procedure) == (date(2026, 11, 27), "land_assembly")
    assert "【申请延期，请定】17-1" in town.text(CHEN) and "土地组卷报批" in town.text(CHEN)
    wanted = row.promise_open
    assert wanted and town.app.house.calendar.workdays_between(date(2026, 11, 24), wanted) == 90
    await town.presses(CHEN, "同意")
    row = rows(town)[0]
    assert (row.promised_on, row.promise_open) == (wanted, None)
    check_log(town)


async def test_a_leaders_telephone_stays_with_the_office(settle_in):
    town = settled(settle_in)
    town.person("赵副区长", title="副区长", posts=[Post.LEADER], phone="13911112222")
    await town.says("赵副区长", "交办 17 请自规局本周五前拿出供地方案")
    await town.presses("赵副区长", "确认")
    assert "供地方案" in town.text(ZHAO)
    await town.says(ZHAO, "17-1")
    assert "13911112222" not in read_by(town, ZHAO) and "139" not in read_by(town, ZHAO)
