"""Papers over the Bot API: September closed on the day after the holiday and the same everywhere from then on; the 月通报 mended, killed,
published, and a group that does not get it; what is made of one project and of one matter."""

from pathlib import Path

import pytest

from bot.rules.words import Post
from storage import groups
from tests.bot_api import Group, too_many
from tests.office import CHEN, LI, NAME, OTHER, THIRD, WANG, ZHAO, Office, office, texts, words

pytestmark = pytest.mark.slow

SUN, BUREAU = "自规收件小孙", "区自然资源局"


def with_groups(here: Office, *titles: str) -> list[Group]:
    """Work groups of the district, bound."""
    found = [here.api.group(title) for title in titles]
    with here.service.settling() as town:
        for group, title in zip(found, titles, strict=True):
            town.do(
                lambda desk, chat=str(group.id), title=title: groups.bind(
                    desk.session, "telegram", chat, "", title, 1, None, desk.now
                )
            )
    return found


async def september(here: Office) -> None:
    """What was told before the holiday."""
    async with here.service.up():
        await here.reports(f"{NAME} 60%，今年以来完成投资8000万元")
        await here.reports(f"{OTHER} 30%，今年以来完成投资3000万元")
        await here.service.quiet()


async def closed(here: Office, month: str = "9月") -> None:
    here[LI].says(f"定稿 {month}")
    await here[LI].hears("未定稿")
    await here.taps(LI, "定稿")
    await here[LI].hears("已定稿")


async def figures(here: Office, count: int) -> tuple[str, str]:
    """What 月报 and 汇总表 of September say of the first project and of all."""
    here[LI].says("导出 月报 2026-09")
    here[LI].says("导出 汇总表 2026-09")
    month = texts(await here.gets(here[LI], "月报2026年9月", count))
    sums = texts(await here.gets(here[LI], "汇总表2026年9月", count))
    row = next(line for line in month.splitlines() if NAME in line)
    total = next(line for line in sums.splitlines() if "合  计" in line)
    return row, total


async def test_september_closed_after_the_holiday_is_the_same_in_every_place(tmp_path: Path) -> None:
    async with office(tmp_path, "2026-08-28 16:00") as here:
        service, li, chen, wang = here.service, here[LI], here[CHEN], here[WANG]
        async with service.up():
            await here.reports(f"{NAME} 55%，今年以来完成投资7000万元")
        service.set_clock("2026-09-29 16:00")
        await september(here)
        service.set_clock("2026-10-08 09:05")
        async with service.up():
            li.says("定稿 9月")
            card = await li.hears("未定稿")
            assert "累计 1.10 亿元" in card.text and card.labels[0] == "定稿" and len(card.text) < 200
            await service.quiet()
            await service.kill()
        async with service.up():
            press = li.presses("定稿", message=card.id)
            await li.hears("已定稿 10-08 09:0")
            li.presses_again(press)
            await service.quiet()
            before = await figures(here, 1)
            assert "8000" in before[0] and "11000" in before[1]
            wang.says("更正")
            listed = await wang.hears("更正哪一次")
            lines = [line for line in listed.text.splitlines() if NAME in line]
            await here.taps(WANG, lines[0][0])
            await wang.hears(f"【更正】{NAME}")
            wang.says("今年以来完成投资7500万元，因为重复计算")
            await here.taps(WANG, "确认")
            await wang.hears("7,500 万元（原 8,000 万元）")
            await service.kill()
        assert service.value("SELECT count(*) FROM closed_period") == 1

        service.set_clock("2026-10-10 09:05")
        async with service.up():
            assert await figures(here, 2) == before, "the closed table does not move"
            li.says("定稿 9月")
            card = await li.hears("后更正：累计投资 8,000 万元 → 7,500 万元")
            assert "累计 1.10 亿元" in card.text
            chen.says("9月底累计完成投资多少")
            said = await chen.hears("更正过 1 项")
            assert (
                "投资 1,000 万元" in said.text
                and "到9月30日当年累计 1.10 亿元" in said.text
                and "更正过 1 项" in said.text
            )
            chen.says("现在累计完成投资多少")
            await chen.hears("1.05 亿元")
            li.says("通报 2026-09")
            draft = await li.hears("【草稿】")
            assert "1.10 亿元" in draft.text.replace("1.10亿元", "1.10 亿元") and "未定稿" not in draft.text
            await service.quiet()
        service.verify()


async def test_the_bulletin_is_mended_killed_published_and_whoever_did_not_get_it_is_named(tmp_path: Path) -> None:
    async with office(tmp_path, "2026-09-29 16:00") as here:
        service, api, li, chen = here.service, here.api, here[LI], here[CHEN]
        first, second, third = with_groups(here, "项目推进一群", "项目推进二群", "项目推进三群")
        await september(here)
        service.set_clock("2026-10-08 09:05")
        async with service.up():
            await closed(here)
            li.says("通报 2026-09")
            await li.hears("【草稿】")
            await here.taps(LI, "改一段")
            await li.hears("改第几段")
            li.says("1 改成 九月的账已经对过，<数字>以定稿为准。")
            await li.hears("<数字>以定稿为准。（已改）")
            await service.quiet()
            await service.kill()

        async with service.up():
            await here.taps(LI, "看文件")
            assert "<数字>以定稿为准" in words(await here.gets(li, ".docx"))
            assert (await here.gets(li, ".pdf"))[:5] == b"%PDF-"
            await here.taps(LI, "发布")
            await li.hears("☑ 项目推进三群")
            li.says(CHEN)
            await li.hears(f"发给个人：{CHEN}")
            service.arm("errand.done")
            await here.taps(LI, "确认发布")
            await service.dead(30)
        service.disarm()
        third.chat.bot_status = "kicked"
        api.fail("sendDocument", too_many(2))
        async with service.up():
            told = await li.hears("【已发布】")
            assert "群 3 个，个人 1 位" in told.text
            files = [await here.gets(where, "月通报") for where in (first, second, chen)]
            assert files[0] == files[1] != files[2], "a group reads no name beside a delay"
            lost = await li.hears("没有发到“项目推进三群”")
            assert "（2026年9月）" in lost.text or "建设情况通报" in lost.text
            await here[ZHAO].hears("发不进去")
            await service.quiet()
            assert len(here.documents(first)) == len(here.documents(second)) == len(here.documents(chen)) == 1
            assert any(call.status == 429 for call in api.calls("sendDocument"))
            mine = [raw for name, raw in here.documents(li) if "草稿" not in name]
            li.says("已发布")
            listed = await li.hears("【已发布】1 份")
            li.presses("1", message=listed.id)
            await api.until(lambda: len(here.documents(li)) == 6, 20, "the two files again")
            assert [raw for name, raw in here.documents(li)][-2:] == mine
        service.verify()


async def test_one_page_one_sentence_and_the_forms_of_a_matter(tmp_path: Path) -> None:
    async with office(tmp_path, "2026-10-10 09:05") as here:
        service, li = here.service, here[LI]
        with service.settling() as town:
            here.phones[SUN] = here.api.user(SUN)
            town.person(SUN, BUREAU, bound=False, posts=[Post.INTAKE])
            service.bind(town, SUN, here[SUN])
        async with service.up():
            await here.reports(f"{NAME} 60%，今年以来完成投资8000万元")
            here[WANG].says("反映问题 智诚慧家 还缺 30 亩用地指标")
            await here.taps(WANG, "用地", "一般", "提交")
            await here[SUN].hears("17-1")
            li.says("一页纸 17")
            page = words(await here.gets(li, "一页纸10-10.docx"))
            assert "还缺 30 亩用地指标" in page and "60%" in page
            li.says("一句话 17")
            line = await li.hears(f"{NAME}（市级新建，总投资 4.00 亿元，长泉区）：截至 10-10")
            assert len(line.text) < 200
            li.says("本月未调度")
            missing = await li.hears("没有调度记录")
            assert THIRD in missing.text and NAME not in missing.text
            for number, form in enumerate(("交办单", "督办单", "提级报告单"), 1):
                li.says("17-1")
                await service.quiet()
                await here.taps(LI, "更多", "出单", form)
                issued = words(await here.gets(li, ".docx", 1 + number))
                assert f"重点项目{form}" in issued and "还缺 30 亩用地指标" in issued and BUREAU in issued
            await service.quiet()
        assert service.value("SELECT count(*) FROM paper WHERE number = 1") == 3
        service.verify()
