"""A leader's order over the Bot API: a reply to a card, confirmed, answered, closed; the process killed while the draft is open."""

from pathlib import Path

import pytest

from bot.rules.words import Post, Role
from tests.bot_api import BotApi
from tests.service import Service

pytestmark = pytest.mark.slow

CHEN, DU, ZHAO, ZHU = "陈建国", "督查老杜", "收件小赵", "住建小朱"
LAND, HOUSING = "区自然资源和规划局", "区住房和城乡建设局"


async def test_a_reply_to_a_card_orders_and_the_answer_comes_back(tmp_path: Path) -> None:
    with BotApi() as api:
        service = Service(tmp_path, api, "2026-11-24 10:00")
        phones = {}
        with service.settling() as town:
            for name, unit, posts in (
                (CHEN, "长泉区", [Post.LEADER]),
                (DU, "长泉区", [Post.SUPERVISOR]),
                (ZHAO, LAND, [Post.INTAKE]),
                (ZHU, HOUSING, [Post.INTAKE]),
            ):
                phones[name] = api.user(name)
                town.person(name, unit, bound=False, posts=posts)
                service.bind(town, name, phones[name])
            town.project("智诚慧家标准车间", {Role.GENERAL_COORDINATOR: CHEN}, number=17)
        chen, zhao = phones[CHEN], phones[ZHAO]
        async with service.up():
            chen.says("17")
            card = await chen.hears("智诚慧家标准车间")
            chen.says("请自规局本周五前拿出供地方案，住建局配合", reply_to=card.id)
            draft = await chen.hears("【请确认交办】")
            assert f"主办：{LAND}" in draft.text and f"协办：{HOUSING}" in draft.text and "项目：17" in draft.text
            assert draft.labels == ["确认", "修改", "取消"]
            await service.kill()

        async with service.up():
            chen.says("改成下周三")
            await chen.hears("期限：12-02")
            chen.presses("确认")
            await chen.hears("已下达。编号 17-1")
            await zhao.hears("【交办给您】17-1")
            await phones[ZHU].hears("【请协办】17-2")
            for who, said in ((phones[ZHU], "已会签"), (zhao, "方案已报，依据：长自规〔2026〕12 号")):
                who.presses("办结")
                await who.hears("办得怎么样")
                who.presses("已解决")
                await who.hears("请说明办理情况")
                who.says(said)
                await who.hears("已答复")
            await chen.hears("【请您确认是否解决】17-1")
            chen.presses("已解决")
            await chen.hears("谢谢，已销号")

            phones[DU].sends_photo(b"\xff\xd8 dust", caption="督查发现 17 扬尘未覆盖，责成住建局11月30日前整改")
            found = await phones[DU].hears("【请确认督查发现】")
            assert "照片、文件 1 个" in found.text
            phones[DU].presses("确认")
            await phones[ZHU].hears("【督查发现，请整改】17-3")
            await service.quiet()
        states = service.rows("SELECT number, state, origin FROM matter ORDER BY number")
        assert [(row["state"], row["origin"]) for row in states] == [
            ("closed", "directive"),
            ("closed", "directive"),
            ("unsigned", "inspection"),
        ]
        service.verify()
