"""The loop of a matter over the Bot API: the real process killed in the middle, and started again on the day after a holiday."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.rules.words import Post, Role
from tests.bot_api import BotApi, Person
from tests.service import Service

pytestmark = pytest.mark.slow

OFFICE, POWER = "区自然资源局", "供电中心"
SUN, LI, ZHAO, DEPUTY, HE, TOP = "业主老孙", "调度小李", "收件小赵", "分管孙局", "供电小何", "总协调老陈"


@pytest.fixture
def api() -> Iterator[BotApi]:
    with BotApi() as api:
        yield api


def settled(home: Path, api: BotApi, now: str) -> tuple[Service, dict[str, Person]]:
    """Project number 17 with its people, each with a telephone."""
    service, phones = Service(home, api, now), {}
    with service.settling() as town:
        for name, unit, posts in (
            (SUN, "智诚公司", []),
            (LI, "长泉区", [Post.DISPATCHER]),
            (ZHAO, OFFICE, [Post.INTAKE]),
            (DEPUTY, OFFICE, [Post.DEPUTY_HEAD]),
            (HE, POWER, [Post.INTAKE]),
            (TOP, "长泉区", [Post.LEADER]),
        ):
            phones[name] = api.user(name)
            town.person(name, unit, bound=False, posts=posts)
            service.bind(town, name, phones[name])
        roles = {Role.OWNER_CONTACT: SUN, Role.GENERAL_COORDINATOR: TOP}
        town.project("智诚慧家标准车间", roles, number=17)
    return service, phones


async def raises(sun: Person) -> None:
    sun.says("反映问题")
    await sun.hears("属于哪一类")
    for label, heard in (("用地", "请说清楚"), ("", "一般还是紧急"), ("一般", "请确认"), ("提交", "编号 17-1")):
        if label:
            sun.presses(label)
        else:
            sun.says("还差 30 亩指标")
        await sun.hears(heard)


async def test_signed_promised_killed_over_the_holiday_and_climbed(api: BotApi, tmp_path: Path) -> None:
    service, phones = settled(tmp_path, api, "2026-09-28 10:00")
    sun, zhao = phones[SUN], phones[ZHAO]
    async with service.up():
        await raises(sun)
        card = await zhao.hears("【新问题，请办理】17-1")
        assert card.labels == ["签收", "首次答复", "分办", "申请改派", "办结", "更多"]
        press = zhao.presses("签收")
        await zhao.hears("办理中")
        zhao.presses("首次答复")
        await zhao.hears("哪天前办好")
        await service.kill()

    service.set_clock("2026-09-28 10:05")
    async with service.up():
        zhao.says("补正材料，9月30日前下达")
        promised = await zhao.hears("【已首次答复】17-1")
        assert "办结期限 09-30" in promised.text
        zhao.presses_again(press)
        await service.quiet()
        assert any("签收" in toast for toast in zhao.toasts)
        await service.quiet()

    service.set_clock("2026-10-08 08:31")
    async with service.up():
        climbed = await phones[DEPUTY].hears("【提级到您】17-1")
        assert "原定 09-30" in climbed.text and "补正材料，9月30日前下达" in climbed.text
        await service.quiet()
        assert not zhao.api.messages(zhao)[-1].labels
        phones[DEPUTY].presses("办结")
        await phones[DEPUTY].hears("办得怎么样")
        phones[DEPUTY].presses("已解决")
        await phones[DEPUTY].hears("请说明办理情况")
        phones[DEPUTY].says("指标已下达，依据：长自规〔2026〕12 号")
        await sun.hears("【请您确认是否解决】17-1")
        sun.presses("已解决")
        await sun.hears("谢谢，已销号")
        await service.quiet()
    assert service.value("SELECT state FROM matter") == "closed"
    assert service.value("SELECT count(*) FROM dispatch_log WHERE kind = 'matter.climbed'") == 1
    service.verify()


async def test_a_joint_matter_in_the_fast_lane(api: BotApi, tmp_path: Path) -> None:
    service, phones = settled(tmp_path, api, "2026-11-24 10:00")
    sun, li, top = phones[SUN], phones[LI], phones[TOP]
    async with service.up():
        await raises(sun)
        li.says("17-1")
        await li.hears("待签收")
        li.presses("加协办")
        await li.hears("请哪个单位协办")
        li.says(POWER)
        await li.hears(f"协办：17-2 {POWER}")
        assert "【请协办】17-2" in (await phones[HE].hears("17-2")).text

        sun.says("17-1")
        await sun.hears("您提出")
        sun.presses("申请特办")
        await sun.hears("属于哪一种")
        sun.presses("1")
        await sun.hears("为什么要特事特办")
        sun.says("边坡有塌方风险")
        await li.hears("【申请特事特办，请定】17-1")
        li.presses("同意")
        fast = await top.hears("【提级到您】17-1")
        assert "只缩短协调时间，不省略法定程序" in fast.text
        top.presses("一事一议")
        await top.hears("您的决定是什么")
        await service.kill()

    async with service.up():
        top.says("先支护，费用由区财政垫付")
        await top.hears("已记下")
        await phones[DEPUTY].hears("领导意见：“先支护，费用由区财政垫付”")
        phones[HE].presses("办结")
        await phones[HE].hears("办得怎么样")
        phones[HE].presses("已解决")
        await phones[HE].hears("请说明办理情况")
        phones[HE].says("线路已迁改")
        await phones[HE].hears("已答复")
        await service.quiet()
        assert not any("请您确认是否解决" in shown.text for shown in api.messages(sun))
        phones[DEPUTY].presses("办结")
        await phones[DEPUTY].hears("办得怎么样")
        phones[DEPUTY].presses("已解决")
        await phones[DEPUTY].hears("请说明办理情况")
        phones[DEPUTY].says("支护完成")
        await sun.hears("【请您确认是否解决】17-1")
        sun.presses("已解决")
        await sun.hears("谢谢，已销号")
        await service.quiet()
    assert {row["state"] for row in service.rows("SELECT state FROM matter")} == {"closed"}
    service.verify()


async def answers(who: Person, number: str, words: str) -> None:
    who.says(number)
    await who.hears("提级 0 次")
    who.presses("办结")
    await who.hears(f"{number} 办得怎么样")
    who.presses("已解决")
    await who.hears(f"{number} 请说明办理情况")
    who.says(words)
    await who.hears("已答复")


async def test_sent_elsewhere_and_then_sixty_days_at_the_province_without_climbing(api: BotApi, tmp_path: Path) -> None:
    service, phones = settled(tmp_path, api, "2026-11-24 10:00")
    sun, li, zhao, he = (phones[name] for name in (SUN, LI, ZHAO, HE))
    async with service.up():
        await raises(sun)
        await zhao.hears("【新问题，请办理】17-1")
        zhao.presses("申请改派")
        await zhao.hears("应归哪个单位")
        zhao.says("用电指标，归供电中心")
        await zhao.hears("已申请改派，在此之前仍请办理")
        await li.hears("【申请改派，请定由谁办理】17-1")
        await service.quiet()
        await service.kill()

    async with service.up():
        press = li.presses("改派")
        await li.hears("改派给哪个单位")
        li.says(POWER)
        await li.hears(f"已改派给{POWER}")
        card = await he.hears("【改派给您】17-1")
        assert "用电指标，归供电中心" in card.text
        li.presses_again(press)
        he.presses("签收")
        await he.hears("办理中")
        he.says("17-1")
        await he.hears("提级 0 次")
        he.presses("更多")
        await service.quiet()
        he.presses("报上级")
        await he.hears("报到哪里、什么文号")
        he.says("已报省公司，鲁电〔2026〕31 号，预计明年2月26日批复")
        await he.hears("【已记为报上级待批，期间不提级】")
        await service.quiet()
        assert not [shown for shown in api.messages(zhao) if shown.labels], "nothing is left to press at the first unit"
    looked, asked = 0, "SELECT count(*) FROM dispatch_log WHERE kind = 'matter.paused_look'"
    while (due := str(service.value("SELECT due_at FROM matter"))[:10]) < "2027-02-25":
        service.set_clock(f"{due} 16:{looked:02}")
        async with service.up():
            await service.until(f"SELECT ({asked}) > :looked", looked=looked)
            await service.kill()
        looked = service.value(asked)
    assert service.rows("SELECT state, rung FROM matter") == [{"state": "referred", "rung": 0}]
    assert not [shown for shown in api.messages(phones[TOP]) if shown.from_bot] and looked >= 5
    service.set_clock("2027-02-25 10:00")
    async with service.up():
        he.says("17-1")
        await he.hears("报上级待批，预计 02-26 批复")
        he.presses("办结")
        await he.hears("办得怎么样")
        he.presses("已解决")
        await he.hears("请说明办理情况")
        he.says("省公司已批复，依据：鲁电〔2027〕8 号")
        await sun.hears("【请您确认是否解决】17-1")
        sun.presses("已解决")
        await sun.hears("谢谢，已销号")
        await service.quiet()
    assert service.value("SELECT count(*) FROM dispatch_log WHERE kind = 'matter.climbed'") == 0
    service.verify()


async def test_a_joint_order_with_three_units_is_done_when_all_are(api: BotApi, tmp_path: Path) -> None:
    service, phones = settled(tmp_path, api, "2026-11-24 10:00")
    with service.settling() as town:
        phones["水务小何"] = api.user("水务小何")
        town.person("水务小何", "区城乡水务局", bound=False, posts=[Post.INTAKE])
        service.bind(town, "水务小何", phones["水务小何"])
    top, zhao, he, water = phones[TOP], phones[ZHAO], phones[HE], phones["水务小何"]
    async with service.up():
        top.says(f"交办 17 请{OFFICE}12月4日前迁改管线，{POWER}、区城乡水务局配合")
        await top.hears("【请确认交办】")
        await service.kill()

    async with service.up():
        top.presses("确认")
        await top.hears("已下达。编号 17-1")
        first = await zhao.hears("【交办给您】17-1")
        assert f"协办：17-2 {POWER} · 待签收" in first.text and "协办：17-3 区城乡水务局 · 待签收" in first.text
        await he.hears("【请协办】17-2")
        await water.hears("【请协办】17-3")
        await answers(zhao, "17-1", "管线已迁")
        await answers(he, "17-2", "电杆已迁")
        await service.kill()
    assert not [shown for shown in api.messages(top) if "请您确认是否解决" in shown.text]

    async with service.up():
        top.says("17-1")
        shown = await top.hears("17-2 供电中心 · 待核实")
        assert "17-3 区城乡水务局 · 待签收" in shown.text and "已解决" not in shown.labels
        await answers(water, "17-3", "水管已迁")
        await top.hears("【请您确认是否解决】17-1")
        top.presses("已解决")
        await top.hears("谢谢，已销号")
        await service.quiet()
    assert [row["state"] for row in service.rows("SELECT state FROM matter ORDER BY number")] == ["closed"] * 3
    service.verify()


async def test_nobody_answers_and_it_goes_all_the_way_over_national_day(api: BotApi, tmp_path: Path) -> None:
    service, phones = settled(tmp_path, api, "2026-09-28 10:00")
    async with service.up():
        await raises(phones[SUN])
        await phones[ZHAO].hears("【新问题，请办理】17-1")
        await service.kill()
    service.set_clock("2026-10-08 10:05")
    async with service.up():
        await phones[DEPUTY].hears("【提级到您】17-1")
        await service.quiet()
        assert not any("17-1" in shown.text for shown in api.messages(phones[TOP]))
        await service.kill()
    service.set_clock("2026-10-13 10:10")
    async with service.up():
        proposed = await phones[LI].hears("拟提级")
        assert "17-1" in proposed.text
        await service.kill()
    service.set_clock("2026-10-14 10:10")
    async with service.up():
        card = await phones[TOP].hears("【提级到您】17-1")
        assert "还差 30 亩指标" in card.text and card.labels[0] == "阅"
        await phones[SUN].hears("提级")
        phones[TOP].presses("上会")
        await service.quiet()
    climbed = service.rows("SELECT at FROM dispatch_log WHERE kind = 'matter.climbed' ORDER BY id")
    assert len({str(row["at"])[:10] for row in climbed}) == len(climbed) == 2, (
        "one rung a working day, whatever happened"
    )
    service.verify()
