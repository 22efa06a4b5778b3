"""Reporting, told as it happens on a phone."""

from bot.rules.words import Post, Role

WANG = "王科长"


def site(town):
    town.person(WANG)
    town.person("调度小李", posts=[Post.DISPATCHER])
    return town.project(
        "智诚慧家标准车间",
        {Role.REPORTER: WANG},
        number=17,
        plan=dict.fromkeys(range(1, 13), 1000),
        milestones=[("主体封顶", "2026-11-27")],
        invested_before=0,
    )


async def test_one_sentence_old_beside_new_and_a_tap(settle_in):
    town = settle_in("2026-11-24 17:00")
    site(town)
    await town.says(WANG, "65% 累计1.2亿 主体封顶已完成")
    card = town.last(WANG)
    assert "65%" in card.text and "1.20 亿元" in card.text and "主体封顶" in card.text
    assert card.labels == ["确认", "修改", "取消"]
    await town.presses(WANG, "确认")
    assert "已记下" in town.text(WANG) and not town.last(WANG).labels
    await town.says(WANG, "七成")
    assert "70%（上次 65%）" in town.text(WANG)
