"""The front door: once and only once, whoever delivers how often, and nothing lost when something breaks."""

import asyncio
from collections import Counter

import sqlalchemy as sa

from bot.messages import Incoming
from bot.rules.words import Post, Role
from handlers import routes
from storage import dispatch_log
from storage.tables import Alarm, IncomingRow, Report

WANG = "王科长"


def site(town):
    town.person(WANG)
    town.person("管理员老赵", posts=[Post.ADMINISTRATOR])
    return town.project("智诚慧家标准车间", {Role.REPORTER: WANG}, plan=dict.fromkeys(range(1, 13), 1000))


def count(town, table):
    with town.store.read() as session:
        return session.execute(sa.select(sa.func.count()).select_from(table)).scalar()


def update(dedup: str, **values) -> Incoming:
    base = {
        "channel": "phone",
        "account": "bot",
        "person": WANG,
        "name": WANG,
        "chat": WANG,
        "direct": True,
        "kind": "text",
    }
    return Incoming(dedup=dedup, **{**base, **values})


async def test_the_same_update_twice_has_one_effect(settle_in):
    town = settle_in("2026-11-24 15:00")
    site(town)
    twice = update("7", text="65%")
    await town.app.receive([twice, twice])
    await town.app.receive([twice])
    await town.settle()
    assert len(town.messages(WANG)) == 1


async def test_a_button_pressed_a_hundred_times_at_once_has_one_effect(settle_in):
    town = settle_in("2026-11-24 15:00")
    site(town)
    await town.says(WANG, "65%")
    token = town.last(WANG).card.buttons[0].token
    presses = [update(f"p{at}", kind="press", press=token, handle=f"h{at}") for at in range(100)]
    await asyncio.gather(*(town.app.receive([press]) for press in presses))
    await town.settle()
    assert count(town, Report) == 1
    assert len(town.phones.toasts) == 100
    assert Counter(bool(toast) for _, toast in town.phones.toasts) == {False: 1, True: 99}
    assert "已在 11-24 15:00 选了“确认”" in max(toast for _, toast in town.phones.toasts)


async def test_a_press_by_another_is_answered_without_telling_anything(settle_in):
    town = settle_in("2026-11-24 15:00")
    site(town)
    town.person("李四")
    await town.says(WANG, "65%")
    token = town.last(WANG).card.buttons[0].token
    await town.comes_in(person="李四", name="李四", chat="李四", kind="press", press=token, handle="x")
    await town.comes_in(person="路人", name="路人", chat="路人", kind="press", press=token, handle="y")
    await town.comes_in(person=WANG, name=WANG, chat=WANG, kind="press", press="made-up:0", handle="z")
    assert [toast for _, toast in town.phones.toasts] == [
        "这不是给您的按钮。",
        "这不是给您的按钮。",
        "这个按钮已失效，请发“今日待办”看最新的。",
    ]
    assert count(town, Report) == 0


async def test_typed_labels_and_numbers_press_buttons(settle_in):
    town = settle_in("2026-11-24 15:00")
    site(town)
    town.project("北辰机电二期", {Role.REPORTER: WANG}, plan=dict.fromkeys(range(1, 13), 1000))
    await town.says(WANG, "填报")
    assert town.last(WANG).labels == ["1", "2"]
    await town.says(WANG, "２")
    await town.says(WANG, "七成")
    await town.says(WANG, " 确认 ")
    assert "已记下" in town.text(WANG)
    assert count(town, Report) == 1


async def test_a_handler_that_breaks_keeps_the_message_and_tells_both_sides_once(settle_in, monkeypatch):
    town = settle_in("2026-11-24 15:00")
    site(town)
    town.person("李四")

    def breaks(_turn):
        raise RuntimeError("the disk is on fire")

    monkeypatch.setattr(routes, "otherwise", breaks)
    batch = [
        update("1", text="65%"),
        update("2", person="李四", chat="李四", text="帮助", name="李四"),
        update("3", text="66%"),
    ]
    await town.app.receive(batch)
    await town.settle()
    assert "没有丢（编号 1）" in town.text(WANG) and len(town.messages(WANG)) == 2
    assert "可以直接说" in town.text("李四")
    told = [shown.text for shown in town.messages("管理员老赵")]
    assert len(told) == 1 and "【故障 1】" in told[0] and "the disk is on fire" in told[0]
    with town.store.read() as session:
        kept = session.execute(
            sa.select(IncomingRow.dedup, IncomingRow.state, IncomingRow.body).order_by(IncomingRow.id)
        ).all()
        assert {row[0]: row[1] for row in kept} == {"1": "failed", "2": "done", "3": "failed"}
        assert "66%" in next(row[2] for row in kept if row[0] == "3")
        assert session.execute(sa.select(Alarm.times)).scalar() == 2
    await town.app.receive(batch)
    await town.settle()
    assert len(town.messages("管理员老赵")) == 1


async def test_a_batch_out_of_order_is_read_in_the_order_it_came(settle_in):
    town = settle_in("2026-11-24 15:00")
    site(town)
    await town.app.receive([update("9", text="66%"), update("8", text="累计8000万")])
    await town.settle()
    assert "66%" in town.text(WANG) and "8,000 万元" in town.text(WANG)
    await town.presses(WANG, "确认")
    with town.store.read() as session:
        assert dispatch_log.verify(session, town.app.house.sealer).good
        rows = dispatch_log.verify_rows(session, town.app.house.sealer)
        assert rows.good, rows


async def test_a_stranger_learns_nothing(settle_in):
    town = settle_in("2026-11-24 15:00")
    site(town)
    for words in ("65%", "智诚慧家标准车间", "帮助", "/report"):
        await town.says("路人", words)
    assert {shown.text for shown in town.messages("路人")} == {town.text("路人")}
    assert "智诚" not in town.text("路人")
