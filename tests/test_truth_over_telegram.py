"""Figures that are true, over the Bot API: a doubt, a correction, a spot check, a word learnt and a question, with kills between them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.rules.words import Post, Role
from tests.bot_api import BotApi, Person
from tests.service import Service

pytestmark = pytest.mark.slow

WANG, LI, ZHAO, CHEN = "王科长", "调度小李", "督查老赵", "陈区长"


@pytest.fixture
def api() -> Iterator[BotApi]:
    with BotApi() as api:
        yield api


def settled(home: Path, api: BotApi, now: str) -> tuple[Service, dict[str, Person]]:
    """Project number 17, who reports on it, the dispatcher, an inspector and a leader, each with a telephone."""
    service, phones = Service(home, api, now), {}
    with service.settling() as town:
        for name, posts in ((WANG, []), (LI, [Post.DISPATCHER]), (ZHAO, [Post.SUPERVISOR]), (CHEN, [Post.LEADER])):
            phones[name] = api.user(name)
            town.person(name, "长泉区", bound=False, posts=posts)
            service.bind(town, name, phones[name])
        plan = dict.fromkeys(range(1, 13), 1000)
        milestones = [("主体封顶", "2026-12-27")]
        town.project(
            "智诚慧家标准车间", {Role.REPORTER: WANG}, number=17, plan=plan, invested_before=0, milestones=milestones
        )
    return service, phones


async def reports(wang: Person, words: str) -> None:
    wang.says(words)
    await wang.hears("请确认")
    wang.presses("确认")
    await wang.hears("已记下")


async def test_a_doubt_outlives_a_kill_and_is_put_right_on_the_day_after_the_holiday(
    api: BotApi, tmp_path: Path
) -> None:
    service, phones = settled(tmp_path, api, "2026-09-30 16:00")
    wang, li = phones[WANG], phones[LI]
    async with service.up():
        await reports(wang, "65% 累计8000万")
        wang.says("63% 累计7900万")
        card = await wang.hears("【请核对】智诚慧家标准车间")
        assert "今年以来 7,900 万元，比上次少了 100 万元" in card.text
        assert card.labels == ["更正", "说明原因", "照报", "取消"]
        await service.quiet()
        await service.kill()
    assert service.value("SELECT count(*) FROM report") == 1

    async with service.up():
        wang.presses("照报")
        await wang.hears("已记下")
        await service.quiet()
    assert service.value("SELECT doubt FROM project") == "open"

    service.set_clock("2026-10-08 09:10")
    async with service.up():
        li.says("存疑待核")
        listed = await li.hears("存疑待核 1")
        assert "智诚慧家标准车间" in listed.text
        wang.says("更正")
        await wang.hears("更正哪一次")
        wang.presses("1")
        await wang.hears("【更正】智诚慧家标准车间")
        wang.says("应为66% 累计8100万，因为看错行")
        corrected = await wang.hears("原因：")
        assert "63% → 66%" in corrected.text and "7,900 万元 → 8,100 万元" in corrected.text
        await service.quiet()
        await service.kill()
    async with service.up():
        wang.presses("确认")
        await wang.hears("8,100 万元（原 7,900 万元）")
        li.says("存疑待核")
        await li.hears("存疑待核 0")
        await service.quiet()
    assert service.value("SELECT doubt FROM project") == ""
    assert [row["invested_year"] for row in service.rows("SELECT invested_year FROM report ORDER BY id")] == [
        80_000_000,
        79_000_000,
        81_000_000,
    ]
    service.verify()


async def test_a_spot_check_a_word_learnt_and_a_question(api: BotApi, tmp_path: Path) -> None:
    service, phones = settled(tmp_path, api, "2026-11-24 10:00")
    wang, li, zhao, chen = (phones[name] for name in (WANG, LI, ZHAO, CHEN))
    async with service.up():
        await reports(wang, "65% 累计8000万，龙门吊又趴窝了")
        li.says("词库")
        await li.hears("“龙门吊又趴窝了”")
        li.says("趴窝")
        await li.hears("只记“趴窝”")
        li.says("其他")
        await li.hears("没有等着归类的话")
        li.says(f"抽查 1 {ZHAO}")
        await zhao.hears("请您现场核实 1 个项目")
        await service.quiet()
        await service.kill()

    async with service.up():
        zhao.presses("查看")
        await zhao.hears("【抽查】待核实 1 项")
        zhao.presses("1")
        await zhao.hears("上报（截至 11-24）")
        zhao.presses("不符")
        zhao.says("55%，二层未封顶")
        await zhao.hears("65% → 55%")
        zhao.presses("确认")
        await wang.hears("现场核实的数与 11-24 的填报不一致")
        wang.says("66%，塔吊趴窝")
        card = await wang.hears("【请")
        assert "塔吊趴窝" not in card.text.partition("没读懂")[2]
        wang.says("取消")
        chen.says("智诚慧家到哪了")
        said = await chen.hears("55%")
        assert "截至" in said.text
        chen.says("现在开工率多少")
        await chen.hears("开工")
        await service.quiet()
    assert service.value("SELECT count(*) FROM report WHERE source = 'inspection'") == 1
    assert service.value("SELECT count(*) FROM report") == 2, "neither a question nor what was given up is a report"
    service.verify()
