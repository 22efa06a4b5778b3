"""A leader's Monday over the Bot API: decided by one tap each, on an ordinary Monday and on the first working day after a holiday."""

from pathlib import Path

import pytest

from bot.rules.words import Post, Role
from tests.bot_api import BotApi
from tests.service import Service
from tests.test_mondays import FENG, LI, OFFICE, SUN, opens

pytestmark = pytest.mark.slow

ZHAO, HEAD = "收件小赵", "局长老周"


@pytest.mark.parametrize(
    ("raised", "begins", "age"),
    [("2026-11-19 10:00", "2026-11-23 09:20", 2), ("2026-09-29 10:00", "2026-10-08 09:20", 2)],
    ids=["a Monday", "a Thursday, the first working day after National Day"],
)
async def test_three_at_a_time_with_the_offices_proposal_and_one_tap_each(
    tmp_path: Path, raised: str, begins: str, age: int
) -> None:
    with BotApi() as api:
        service, phones = Service(tmp_path, api, raised), {}
        with service.settling() as town:
            for name, unit, posts in (
                (SUN, "智诚公司", []),
                (LI, "长泉区", [Post.DISPATCHER]),
                (FENG, "长泉区", [Post.LEADER]),
                (ZHAO, OFFICE, [Post.INTAKE]),
                (HEAD, OFFICE, [Post.HEAD]),
            ):
                phones[name] = api.user(name)
                town.person(name, unit, bound=False, posts=posts)
                service.bind(town, name, phones[name])
            town.project("智诚慧家标准车间", {Role.OWNER_CONTACT: SUN, Role.GENERAL_DISPATCHER: FENG}, number=17)
            for words in ("欠工程款", "缺 30 亩指标", "要改道", "要并联审批"):
                opens(town, words)
        li, feng, zhao, head = (phones[name] for name in (LI, FENG, ZHAO, HEAD))
        async with service.up():
            li.says("17-1")
            await li.hears("欠工程款")
            li.presses("拟办意见")
            await li.hears("给领导的拟办意见是什么")
            li.says("由区里垫付，年底前结清")
            await feng.hears("【请您定】17-1")
            await service.quiet()

        service.set_clock(begins)
        async with service.up():
            card = await feng.hears(f"【周一】{FENG}，需您定的 4 件，先列 3 件")
            assert f"1 17-1 智诚慧家标准车间：欠工程款，已 {age} 个工作日；拟办“由区里垫付，年底前结清”" in card.text
            assert "17-4" not in card.text and "另有 1 项" in card.text
            assert card.labels == ["同意", "阅", "请…研究", "上会", "一事一议", "下一项"]
            press = feng.presses("同意", message=card.id)
            await head.hears("领导意见：“由区里垫付，年底前结清”")
            await service.kill()

        async with service.up():
            feng.presses_again(press)
            left = await feng.hears("需您定的 3 件")
            assert left.id == card.id and "17-1" not in left.text and "17-4" in left.text, "one card, which moves on"
            feng.presses("请…研究", message=card.id)
            await feng.hears("17-2 请哪个单位研究？")
            feng.presses("1")
            await zhao.hears("【领导请您单位研究】17-2")
            await feng.hears("需您定的 2 件")
            feng.presses("上会", message=card.id)
            await li.hears("【请列入上会议题】17-3")
            await feng.hears("需您定的 1 件")
            feng.presses("阅", message=card.id)
            await service.until("SELECT state = 'handling' FROM matter WHERE number = 4")
            await service.quiet()
            shown = next(one for one in api.messages(feng) if one.id == card.id)
            assert "需您定" not in shown.text or "17-4" in shown.text
        found = service.rows("SELECT number, decision, agenda_at FROM matter ORDER BY number")
        assert found[0]["decision"] == "由区里垫付，年底前结清" and found[2]["agenda_at"]
        kinds = [
            row["kind"] for row in service.rows("SELECT kind FROM dispatch_log WHERE kind LIKE 'matter.%' ORDER BY id")
        ]
        assert [kinds.count(f"matter.{one}") for one in ("agreed", "studied", "to_meeting", "seen")] == [1, 1, 1, 1]
        service.verify()
