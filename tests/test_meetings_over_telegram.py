"""The minutes of a meeting over the Bot API: twelve items mended and issued in one go, and what the next meeting hears of them."""

from pathlib import Path

import pytest

from bot.rules.words import Post, Role
from tests.bot_api import BotApi, Person
from tests.service import Service

pytestmark = pytest.mark.slow

TWELVE = (Path(__file__).parent / "data" / "minutes" / "twelve.txt").read_text("utf-8")
LI, FENG = "调度小李", "冯国栋"
ZHAO, QIAN, SHEN = "自规收件小赵", "住建收件小钱", "供电收件小沈"
UNITS = {ZHAO: "区自然资源局", QIAN: "区住房和城乡建设局", SHEN: "供电公司"}


def settled(home: Path, api: BotApi, now: str) -> tuple[Service, dict[str, Person]]:
    """Two projects, three units with an intake each, a dispatcher and a leader in the chair."""
    service, phones = Service(home, api, now), {}
    with service.settling() as town:
        people = [(LI, "长泉区", [Post.DISPATCHER]), (FENG, "长泉区", [Post.LEADER])]
        people += [(name, unit, [Post.INTAKE]) for name, unit in UNITS.items()]
        for name, unit, posts in people:
            phones[name] = api.user(name)
            town.person(name, unit, bound=False, posts=posts)
            service.bind(town, name, phones[name])
        for number, name in ((17, "智诚慧家标准车间"), (18, "北辰机电二期厂房")):
            town.project(name, {Role.GENERAL_DISPATCHER: FENG}, number=number)
    return service, phones


async def answers(who: Person, number: str, words: str) -> None:
    who.says(number)
    await who.hears("提级 0 次")
    who.presses("办结")
    await who.hears(f"{number} 办得怎么样")
    who.presses("已解决")
    await who.hears(f"{number} 请说明办理情况")
    who.says(words)
    await who.hears("已答复")


async def test_twelve_items_mended_issued_in_one_go_and_heard_of_at_the_next_meeting(tmp_path: Path) -> None:
    with BotApi() as api:
        service, phones = settled(tmp_path, api, "2026-11-24 09:10")
        li = phones[LI]
        async with service.up():
            li.says("会议")
            await li.hears("还没有录过会议")
            li.presses("录纪要")
            await li.hears("纪要")
            half = TWELVE.index("7. ")
            li.says(TWELVE[:half])
            await li.hears("已收到 1 条")
            await service.kill()

        async with service.up():
            li.says(TWELVE[half:])
            await li.hears("已收到 2 条")
            li.presses("完成")
            card = await li.hears("共 12 项，第 1/3 页")
            assert card.labels[0] == "确认下达"
            for words, heard in (
                ("6 改单位 自规局", "由自规局牵头，12月8日前提出意见"),
                ("9 改单位 住建局", "3 项请看一下"),
                ("10 改时限 12-18", "12-18 前"),
                ("去掉 11", "共 11 项"),
            ):
                li.says(words)
                await li.hears(heard)
            await service.kill()
        assert service.value("SELECT count(*) FROM matter") == 0, "nothing before it is confirmed"

        async with service.up():
            press = li.presses("确认下达")
            receipt = await li.hears("已下达 11 项")
            assert "（协办 供电公司、区住房和城乡建设局）" in receipt.text
            lead = await phones[ZHAO].hears("【会议议定，请办理】17-2")
            assert (
                "协办：17-3 供电公司 · 待签收" in lead.text and "冯国栋 交办（11-20 会议，调度小李代录）" in lead.text
            )
            assert "17-2 的协办" in (await phones[SHEN].hears("【请协办】17-3")).text
            await phones[QIAN].hears("【请协办】17-4")
            li.presses_again(press)
            await service.quiet()
            assert service.value("SELECT count(*) FROM matter WHERE part_of IS NULL") == 11
            assert service.value("SELECT count(*) FROM meeting") == 1
            assert not [shown for shown in api.messages(phones[FENG]) if shown.from_bot], "the chair hears on Monday"
            await answers(phones[ZHAO], "17-1", "已报市局，依据：长自规〔2026〕30号")
            await li.hears("【请您确认是否解决】17-1")
            li.presses("已解决")
            await li.hears("谢谢，已销号")
            await service.kill()

        service.set_clock("2026-12-07 10:00")
        async with service.up():
            li.says("会议")
            await li.hears("11 项，已办 1 · 在办 10（超期 1）")
            li.presses("上次落实")
            told = await li.hears("【上次落实】")
            assert "11 项：已办 1（按期 1），在办 10，其中超期 1" in told.text
            assert told.text.splitlines()[3].startswith("18-1 "), "the worst first"
            await service.quiet()
            assert any(shown.document.endswith(".xlsx") for shown in api.messages(li))
        service.verify()
