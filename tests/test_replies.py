"""In answer to a card: which project is meant, by the card replied to; on the phone as on the page."""

import pytest
from sqlmodel import select

from bot.rules.words import Post, Role
from storage import conversations, people
from storage.tables import Project, Report
from tests.pages import Browser, PageTown, pages, said

WANG, LI = "王科长", "李调度"
ONE, TWO, THREE = "智诚慧家标准车间", "北辰机电二期", "跨河大桥"


def rows(town, table):
    with town.store.read() as session:
        return list(session.exec(select(table)).all())


def settle(town):
    town.person(WANG)
    town.person(LI, posts=[Post.DISPATCHER])
    months = dict.fromkeys(range(1, 13), 1000)
    for number, name in ((17, ONE), (18, TWO), (19, THREE)):
        town.project(name, {Role.REPORTER: WANG}, number=number, plan=months)
    return town


@pytest.fixture
def town(settle_in):
    return settle(settle_in("2026-11-24 15:00"))


def talk(town):
    account = town.do(lambda desk: people.account_of(desk.session, town.people[WANG]).account)
    return town.do(lambda desk: conversations.talk(desk.session, account))


async def card_of(town, number):
    await town.says(WANG, f"项目 {number}")
    return town.last(WANG)


async def test_figures_in_answer_to_a_card_are_of_its_project(town):
    card = await card_of(town, 18)
    await card_of(town, 17)
    await town.says(WANG, "七成", quote=card)
    assert "请确认" in town.text(WANG) and TWO in town.text(WANG)
    await town.presses(WANG, "确认")
    names = {row.id: row.name for row in rows(town, Project)}
    assert [names[row.project] for row in rows(town, Report)] == [TWO]


async def test_the_name_that_was_typed_counts_for_more_than_the_card(town):
    card = await card_of(town, 18)
    await town.says(WANG, f"{THREE}形象进度七成", quote=card)
    assert THREE in town.text(WANG) and TWO not in town.text(WANG)


async def test_an_answer_to_another_card_moves_on_and_the_open_draft_waits(town):
    card = await card_of(town, 18)
    await town.says(WANG, f"{ONE}形象进度65%")
    await town.says(WANG, "七成", quote=card)
    assert TWO in town.text(WANG) and "70%" in town.text(WANG)
    await town.presses(WANG, "确认")
    assert ONE in town.text(WANG) and "65%" in town.text(WANG)


async def test_an_answer_to_the_confirm_card_mends_it(town):
    await town.says(WANG, f"{ONE}形象进度65%")
    await town.says(WANG, "改成七成", quote=town.last(WANG))
    assert "70%" in town.text(WANG) and ONE in town.text(WANG)


async def test_while_it_is_asked_which_one_the_card_replied_to_says_it(town):
    card = await card_of(town, 19)
    await town.says(WANG, "形象进度65%")
    assert "哪个项目" in town.text(WANG)
    await town.says(WANG, "累计8000万", quote=card)
    assert THREE in town.text(WANG) and "65%" in town.text(WANG) and "8,000 万元" in town.text(WANG)


async def test_an_answer_to_a_list_of_several_is_asked_about_among_them(town):
    await town.says(WANG, "项目")
    await town.says(WANG, "形象进度65%", quote=town.last(WANG))
    assert "哪个项目" in town.text(WANG)


# --- the page -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def page_town(tmp_path):
    yield from pages(tmp_path)


async def test_the_page_replies_as_telegram_does(page_town):
    town: PageTown = settle(page_town())
    async with town.served() as url:
        wang, li = Browser(town, url), Browser(town, url)
        await wang.log_in(town.invite(WANG))
        await li.log_in(town.invite(LI))
        await wang.says("项目 18")
        card = (await wang.lines())[-1]
        await wang.says("项目 17")
        await wang.says("七成", reply=card["key"])
        told = (await wang.lines())[-2:]
        assert told[0]["reply"] == card["key"]
        assert "请确认" in said(told[1]) and TWO in said(told[1])
        await wang.presses("取消")

        for strange in ("o999999", "i999999", "x1", "o1; drop", "", card["key"]):
            assert (await li.says("帮助", reply=strange)).status_code == 200
        assert all(line["reply"] == "" for line in await li.lines() if line["mine"])


async def test_the_page_takes_back_the_own_line_that_is_replied_to(page_town):
    town: PageTown = settle(page_town())
    async with town.served() as url:
        wang = Browser(town, url)
        await wang.log_in(town.invite(WANG))
        await wang.says("发错群里的话一")
        await wang.says("发错群里的话二")
        mine = [line for line in await wang.lines() if line["mine"]]
        await wang.says("误发", reply=mine[0]["key"])
        assert "话一" in (await wang.texts())[-1] and "话二" not in (await wang.texts())[-1]
