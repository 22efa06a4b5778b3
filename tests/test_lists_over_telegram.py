"""The list changes over the Bot API: drafted, killed, confirmed; and what a leader hears of 开工率 before and after."""

from pathlib import Path

import pytest

from tests.office import CHEN, LI, NAME, OTHER, WANG, office

pytestmark = pytest.mark.slow


async def test_left_renamed_and_added_with_kills_between_and_the_rate_follows(tmp_path: Path) -> None:
    async with office(tmp_path, "2026-09-29 16:00") as here:
        service, li, chen = here.service, here[LI], here[CHEN]
        async with service.up():
            here[WANG].says(f"{NAME} 9月20日开工，施工许可证已取得，5%，今年以来完成投资8000万元")
            await here[WANG].hears("请")
            await here.taps(WANG, "确认")
            await here[WANG].hears("已记下")
            chen.says("现在开工率多少")
            said = await chen.hears("清单截至 09-29")
            assert "共 3 项" in said.text and "开工率 33.3%" in said.text
            await service.quiet()
        service.set_clock("2026-10-08 09:05")
        async with service.up():
            li.says("退出 18")
            await li.hears("依据什么")
            await service.quiet()
            await service.kill()
        async with service.up():
            li.says("长泉发〔2026〕8号 10月8日 原因：资金未落实")
            card = await li.hears("【退出】")
            assert "自 10-08 起" in card.text and card.labels[0] == "确认" and len(card.text) < 200
            await service.quiet()
            await service.kill()
        assert service.value("SELECT count(*) FROM list_change") == 0, "nothing before it is confirmed"
        async with service.up():
            press = li.presses("确认", message=card.id)
            await li.hears("已退出，自 10-08 起")
            li.presses_again(press)
            chen.says("现在开工率多少")
            said = await chen.hears("清单截至 10-08")
            assert "开工率 50%" in said.text and "共 2 项" in said.text and "10-08 退出 1 项" in said.text
            await service.quiet()
            await service.kill()

        service.set_clock("2026-10-10 09:05")
        async with service.up():
            await here[WANG].hears("已退出重点项目清单")
            li.says(f"更名 17 {NAME}二期")
            await li.hears("依据什么")
            li.says("区政府第12次常务会议")
            await li.hears("【更名】")
            await here.taps(LI, "确认")
            await li.hears(f"已更名：17 {NAME}二期")
            li.says("增补 名称：云计算中心；级别：区；性质：新建；总投资：3.2亿")
            await li.hears("增补“云计算中心”：依据什么")
            li.says("长泉发〔2026〕9号")
            await li.hears("【增补】")
            await service.quiet()
            service.arm("telegram.committed")
            await here.taps(LI, "确认")
            await service.dead(20)
        service.disarm()
        async with service.up():
            await li.hears("已增补，自 10-10 起")
            chen.says("9月底开工率多少")
            before = await chen.hears("清单截至 09-30")
            assert "共 3 项" in before.text and "33.3%" in before.text
            chen.says("开工率")
            now = await chen.hears("清单截至 10-10")
            assert "33.3%" in now.text and "10-10 增补 1 项" in now.text and "10-08 退出 1 项" in now.text
            await service.quiet()
        kinds = [row["kind"] for row in service.rows("SELECT kind FROM list_change ORDER BY id")]
        assert kinds == ["removed", "renamed", "added"]
        assert service.value("SELECT count(*) FROM project WHERE name = :name", name="云计算中心") == 1
        assert service.value("SELECT left_on FROM project WHERE name = :name", name=OTHER) == "2026-10-08"
        service.verify()
