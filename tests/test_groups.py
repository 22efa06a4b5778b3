"""Work groups: bound by a code and by nothing else, and deaf to almost everything."""

import re

import pytest
import sqlalchemy as sa

from bot.rules.words import Post, Role
from handlers import start
from storage import dispatch_log
from storage.tables import Alarm, ChatGroup, Invite

ZHAO, WANG = "管理员老赵", "王科长"
GROUP = "项目群"
CODE = re.compile(r"[2-9A-Z]{4}-[2-9A-Z]{4}")


def district(town):
    town.unit("长泉区", None)
    town.person(ZHAO, posts=[Post.ADMINISTRATOR])
    town.person(WANG, "长泉区")
    town.unit("开发区")
    plan = dict.fromkeys(range(1, 13), 1000)
    town.project("智诚慧家标准车间", {Role.REPORTER: WANG}, number=17, plan=plan)
    town.project("北辰机电二期", {Role.REPORTER: WANG}, number=3, plan=plan, unit="开发区")
    return town


async def code_for(town, unit="") -> str:
    await town.says(ZHAO, f"绑定群 {unit}".strip())
    return CODE.search(town.text(ZHAO)).group()


async def bound(town, unit="", group=GROUP) -> None:
    await town.says(WANG, f"/bind {await code_for(town, unit)}", group=group)


def rows(town, table):
    with town.store.read() as session:
        return list(session.execute(sa.select(table)).scalars())


def proven(town):
    """The log is whole, and the rows agree with it."""
    with town.store.read() as session:
        sealer = town.app.house.sealer
        return dispatch_log.verify(session, sealer).good and dispatch_log.verify_rows(session, sealer).good


async def test_a_code_binds_a_group_and_both_sides_are_told(settle_in):
    town = district(settle_in("2026-11-24 10:00"))
    await bound(town)
    there = town.text(GROUP)
    assert "长泉区" in there and "每个工作日 17:30" in there and "/board" in there
    assert "已绑定“长泉区”" in town.text(ZHAO) and WANG in town.text(ZHAO)
    [group] = rows(town, ChatGroup)
    assert group.active and group.chat == GROUP
    assert proven(town)


async def test_a_code_works_once_and_for_three_days(settle_in):
    town = district(settle_in("2026-11-24 10:00"))
    code = await code_for(town)
    await town.says(WANG, f"/bind {code}", group=GROUP)
    await town.says(WANG, f"/bind {code}", group="另一个群")
    assert "只认" in town.text("另一个群")
    late = await code_for(town)
    town.now = town.now.replace(day=27, hour=3)
    await town.says(WANG, f"/bind {late}", group="另一个群")
    assert len(town.messages("另一个群")) == 2 and len({shown.text for shown in town.messages("另一个群")}) == 1
    assert [group.chat for group in rows(town, ChatGroup)] == [GROUP]


@pytest.mark.parametrize("said", ["/bind {}", "/start {}", "绑定 {}", "绑定群 {}", "绑定{}"])
async def test_every_way_of_saying_it(settle_in, said):
    town = district(settle_in("2026-11-24 10:00"))
    await town.says("路人", said.format(await code_for(town)), group=GROUP)
    assert "已绑定" in town.text(GROUP)


async def test_codes_for_people_never_work_in_a_group_and_are_spent_there(settle_in):
    town = district(settle_in("2026-11-24 10:00"))
    town.person("李主任", bound=False)
    code = town.do(lambda desk: start.invite(desk, town.people["李主任"]))
    await town.says("路人", f"/bind {code}", group=GROUP)
    await town.says("路人", "/bind K7P2-9QXM", group=GROUP)
    first, second = (shown.text for shown in town.messages(GROUP))
    assert first == second and "李主任" not in first and "邀请码请单独发" in first
    await town.says("路人", f"绑定 {code}")
    assert "不能用" in town.text("路人"), "the code was shown to a whole group"
    assert rows(town, Invite)[0].withdrawn and not rows(town, ChatGroup)
    assert proven(town)


async def test_guessing_is_answered_five_times_and_then_not_at_all(settle_in):
    town = district(settle_in("2026-11-24 10:00"))
    code = await code_for(town)
    for _ in range(6):
        await town.says("路人", "/bind AAAA-AAAA", group=GROUP)
    await town.says("路人", f"/bind {code}", group=GROUP)
    assert len(town.messages(GROUP)) == 5 and not rows(town, ChatGroup)
    await town.says(WANG, f"/bind {code}", group=GROUP)
    assert "已绑定" in town.text(GROUP)


async def test_a_group_is_deaf_to_everything_else(settle_in):
    town = district(settle_in("2026-11-24 10:00"))
    await bound(town)
    before = len(town.messages(GROUP))
    for words in (
        "65%",
        "智诚慧家标准车间",
        "帮助",
        "/report",
        "/desk",
        "/log 17",
        "调度台",
        "17",
        "填报",
        "/start",
        "大家好",
    ):
        await town.says(WANG, words, group=GROUP)
        await town.says(ZHAO, words, group=GROUP)
    assert len(town.messages(GROUP)) == before


async def test_a_group_sees_its_own_units_board_every_ten_minutes_at_most(settle_in):
    town = district(settle_in("2026-11-24 10:00"))
    await bound(town, "开发区", "开发区群")
    await town.says("路人", "/board", group="开发区群")
    shown = town.last("开发区群")
    assert "【开发区重点项目" in shown.text and "北辰机电二期" in shown.text and "智诚" not in shown.text
    assert len(shown.pictures) == 1 and not shown.labels
    said = len(town.messages("开发区群"))
    await town.walk("2026-11-24 10:09", minutes=3)
    await town.says(ZHAO, "总览", group="开发区群")
    assert len(town.messages("开发区群")) == said
    await town.walk("2026-11-24 10:11", minutes=2)
    await town.says(ZHAO, "总览", group="开发区群")
    assert len(town.messages("开发区群")) == said + 1
    await town.says(ZHAO, "总览", group="没绑定的群")
    assert not town.messages("没绑定的群")


async def test_topics_of_a_forum_are_groups_of_their_own(settle_in):
    town = district(settle_in("2026-11-24 10:00"))
    code = await code_for(town)
    await town.comes_in(
        person="1", name="路人", chat="论坛", direct=False, thread="7", kind="command", command="bind", text=code
    )
    await town.comes_in(person="1", name="路人", chat="论坛", direct=False, thread="8", kind="command", command="board")
    assert [(group.chat, group.thread) for group in rows(town, ChatGroup)] == [("论坛", "7")]
    assert len(town.messages("论坛")) == 1


async def test_a_group_that_became_a_supergroup_goes_on(settle_in):
    town = district(settle_in("2026-11-24 16:50"))
    await bound(town)
    for _ in range(2):
        await town.comes_in(
            person="", name="", chat=GROUP, direct=False, kind="migrated", facts={"from": GROUP, "to": "-100"}
        )
    await town.walk("2026-11-24 17:30")
    assert "【长泉区重点项目" in town.text("-100") and len(town.messages(GROUP)) == 1


async def test_a_group_that_put_the_bot_out_gets_nothing_more_and_the_administrator_hears(settle_in):
    town = district(settle_in("2026-11-24 10:00"))
    await bound(town)
    await town.comes_in(person="1", name="路人", chat=GROUP, direct=False, kind="left", title=GROUP)
    assert "被移出工作群" in town.text(ZHAO) and len(rows(town, Alarm)) == 1
    said = len(town.messages(GROUP))
    await town.walk("2026-11-24 18:00")
    assert len(town.messages(GROUP)) == said
    await town.comes_in(person="1", name="路人", chat=GROUP, direct=False, kind="joined", title=GROUP)
    assert "/bind" in town.text(GROUP)
    await bound(town)
    await town.walk("2026-11-25 17:30")
    assert "【长泉区重点项目" in town.text(GROUP)
    assert proven(town)


async def test_the_administrator_unbinds_a_group_and_changes_its_way(settle_in):
    town = district(settle_in("2026-11-24 10:00"))
    await town.says(ZHAO, "解绑群")
    assert "还没有绑定" in town.text(ZHAO)
    await bound(town)
    await town.says(ZHAO, "工作群")
    await town.presses(ZHAO, "1")
    assert town.last(ZHAO).labels == ["审后发", "每周发", "有变才发", "解绑"]
    await town.presses(ZHAO, "每周发")
    assert "每周最后一个工作日" in town.text(ZHAO)
    await town.presses(ZHAO, "解绑")
    await town.presses(ZHAO, "确认")
    assert "已解绑" in town.text(ZHAO) and "已解绑" in town.text(GROUP)
    assert [group.active for group in rows(town, ChatGroup)] == [False]
    assert proven(town)


async def test_only_an_administrator_and_only_for_units_of_theirs(settle_in):
    town = district(settle_in("2026-11-24 10:00"))
    town.unit("开发区住建局", "开发区")
    town.person("开发区小周", "开发区", posts=[Post.ADMINISTRATOR])
    await town.says(WANG, "绑定群")
    assert "“绑定群”是管理员用的词" in town.text(WANG)
    await town.says("开发区小周", "绑定群 长泉区")
    assert "没有找到您管理的单位" in town.text("开发区小周")
    await town.says("开发区小周", "绑定群 火星")
    assert "没有找到您管理的单位" in town.text("开发区小周")
    await town.says("开发区小周", "绑定群 开发区住建局")
    assert CODE.search(town.text("开发区小周"))
    await bound(town)
    await town.says("开发区小周", "工作群")
    assert "还没有绑定" in town.text("开发区小周"), "a group of the district is none of theirs"


async def test_a_link_that_chooses_the_group(settle_in):
    town = district(settle_in("2026-11-24 10:00"))
    town.app.house.links["telegram"] = "https://t.me/diaodu_bot?start="
    code = await code_for(town)
    assert f"https://t.me/diaodu_bot?startgroup={code}" in town.text(ZHAO)


async def test_where_there_is_no_chat_service_the_page_has_a_group_of_its_own(settle_in):
    town = district(settle_in("2026-11-24 10:00"))
    town.person("路过的")
    await code_for(town)
    await town.presses(ZHAO, "开网页群")
    assert "“长泉区”的网页群已开好" in town.text(ZHAO)
    [group] = rows(town, ChatGroup)
    assert (group.channel, group.active, group.title) == ("webchat", True, "长泉区重点项目调度群")
    await code_for(town)
    await town.presses(ZHAO, "开网页群")
    assert len(rows(town, ChatGroup)) == 1
    assert proven(town)
