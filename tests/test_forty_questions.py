"""Forty questions as a leader words them: each gets a sentence to be pasted with its number, by which definition, as of when, the list and the
picture, or is told what can be asked."""

from datetime import date

import pytest

from bot.rules.words import Kind, Level, Post, Role, Stage
from storage import stages
from tests.town import Town, at

pytestmark = pytest.mark.slow

WANG, LEADER = "王科长", "张区长"

ASKED = (
    ("现在开工率多少", "开工率"), ("开工率", "开工率"), ("还有几个没开工", "没开工"), ("上半年开工率多少", "上半年开工率"), ("新建项目开工率多少", "新建"), ("省重点开工了几个", "省级"),
    ("投资完成率多少", "占年计划"), ("今年投资完成多少", "完成投资"), ("上月投资完成多少", "2,000 万元"), ("上季度完成投资多少", "上季度"), ("三季度投资完成率", "三季度"), ("去年完成投资多少", "去年"),
    ("资金到位率多少", "到位"), ("竣工率多少", "竣工"), ("今年竣工几个", "竣工"), ("复工率多少", "复工"), ("四率", "投资完成率"), ("上月四率怎么样", "截至10月31日"), ("红灯项目有哪些", "红灯"), ("红灯有几个", "红灯"),
    ("上月红灯有几个", "截至10月31日"), ("为什么红", "灯"), ("哪些项目是黄灯", "黄灯"), ("归德街道情况怎么样", "归德街道"), ("平安街道有几个项目", "平安街道"), ("新能源产业链投资完成多少", "新能源"),
    ("区住建局的项目开工了几个", "区住建局"), ("张区长包的项目有哪些", "张区长包挂的"), ("张区长包的项目红灯有几个", "张区长包挂的"), ("智诚慧家到哪了", "智诚慧家标准车间"), ("17为什么红", "智诚慧家标准车间"),
    ("17还差多少", "还差"), ("今年还差多少", "还差"), ("还差多少没完成", "平均每月"), ("哪个镇最慢", "最慢的是"), ("哪个街道最快", "序时"), ("落后的项目有哪些", "未达序时"), ("哪条产业链最慢", "产业链"),
    ("多少项目停工", "停工 1 个"), ("停工的项目有哪些", "停工 1 个"), ("总投资多少", "总投资"), ("一共多少个项目", "在列"), ("有几个节点超期", "节点"), ("平均进度多少", "平均"), ("谁还没报", "还没报"), ("还有几个问题没解决", "问题"),
)  # fmt: skip
NOT_KEPT = ("查数 天气怎么样", "查数 资金缺口多少", "查数 就业多少人")


@pytest.fixture
def town(settle_in) -> Town:
    town: Town = settle_in("2026-09-22 09:00")
    town.person(WANG)
    town.person(LEADER, posts=[Post.LEADER], title="副区长")
    town.unit("区住建局")
    values = {"plan": dict.fromkeys(range(1, 13), 1000), "total": 400_000_000}
    held = {Role.REPORTER: WANG, Role.GENERAL_COORDINATOR: LEADER}
    town.project("智诚慧家标准车间", held, number=17, level=Level.PROVINCE, town="归德街道", chain="家居", milestones=[("主体封顶", "2026-09-01")], **values)  # fmt: skip
    town.project("北辰机电二期车间", held, number=18, town="平安街道", chain="新能源", lead="区住建局", **values)
    town.project("跨河大桥", {Role.REPORTER: WANG}, number=19, kind=Kind.CONTINUED, town="平安街道", **values)
    return town


async def _lives(town: Town) -> None:
    for moment, money in (
        ("2026-09-22 10:00", "4000万"),
        ("2026-10-22 10:00", "5000万"),
        ("2026-11-20 10:00", "6000万"),
    ):
        town.now = at(moment)
        for name in ("智诚慧家标准车间", "北辰机电二期车间"):
            await town.says(WANG, f"{name} 50%，今年以来完成投资{money}")
            await town.presses(WANG, "确认" if "确认" in town.last(WANG).labels else "照报")
    town.do(
        lambda desk: stages.add(
            desk.session, project=3, stage=Stage.STOPPED, day=date(2026, 11, 10), basis="", evidence="", resume_on=date(2026, 11, 18), report=None,
            person=town.people[WANG], said_at=desk.now, withdrawn_at=None,
        )
    )  # fmt: skip
    await town.walk("2026-11-24 09:00", minutes=720)


async def test_forty_questions_of_a_leader(town):
    await _lives(town)
    wrong = []
    for words, expected in ASKED:
        await town.says(LEADER, words)
        shown = town.last(LEADER)
        line = shown.card.copy
        if expected not in line and not (expected in shown.text and line):
            wrong.append((words, shown.text[:120]))
        elif "项目 " in line and not any(label in ("看名单", "项目", "总览") for label in shown.labels):
            wrong.append((words, shown.labels))
    assert not wrong, "\n".join(map(str, wrong))


async def test_what_is_not_kept_says_what_can_be_asked(town):
    for words in NOT_KEPT:
        await town.says(LEADER, words)
        assert "这个数我没有" in town.text(LEADER) and "能答的有" in town.text(LEADER), words
