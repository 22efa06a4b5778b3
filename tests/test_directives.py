"""Orders from above (交办), those written down for a leader (代录), and what an inspection finds (督查发现)."""

from datetime import date

import pytest
from sqlmodel import select

from bot.rules.words import Category, MatterState, Origin, Post, Role, Urgency, Way
from storage import dispatch_log
from storage.tables import Matter, StoredFile
from tests.town import Town

CHEN, LI, SUN, DU, XU = "区长老陈", "调度小李", "业主老孙", "督查老杜", "联络小徐"
ZHAO, HE, ZHU, WATER, CITY = "收件小赵", "供电小何", "住建小朱", "水务小尹", "市水小童"
LAND, POWER, HOUSING = "区自然资源和规划局", "供电中心", "区住房和城乡建设局"


def settled(settle_in, now: str = "2026-11-24 09:10") -> Town:
    """A Tuesday in a district with one project, number 17, a leader, and five units that can answer."""
    town: Town = settle_in(now)
    town.person(CHEN, title="区长", posts=[Post.LEADER])
    town.person("副区长老魏", title="副区长", posts=[Post.LEADER], bound=False)
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
    assert (row.promised_on, row.category, row.standard) == (date(2026, 11, 27), Category.LAND, "拿出供地方案，报区长审定")
    assert "【交办给您】17-1" in town.text(ZHAO) and "请于 11-27 09:10 前首次答复" in town.text(ZHAO)
    await town.says(CHEN, "事项")
    assert "我交办的 1 件" in town.text(CHEN) and "我反映的" not in town.text(CHEN)

    await answers(town, ZHAO)
    assert "【请您确认是否解决】17-1" in town.text(CHEN)
    await town.presses(CHEN, "已解决")
    assert rows(town)[0].state is MatterState.CLOSED
    check_log(town)
