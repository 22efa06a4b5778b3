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
