"""The page as a channel: sending wakes whoever looks, pictures are kept by what they show, uploads are read back."""

import asyncio
import contextlib

import pytest

from bot.channels import Undeliverable
from bot.channels.webchat import WebChat
from bot.messages import Address, Attachment, Card, Drawn, Picture

WANG = Address("webchat", "web-wang", "", "web-wang")
REF = "7-" + "a" * 32
CHART = Card("总览", picture=Picture("summary", {"rows": ["绿", "黄"], "title": "11月24日"}))


@pytest.fixture
def channel(tmp_path):
    return WebChat(tmp_path)


async def test_sending_wakes_those_who_look_at_this_chat_and_no_others(channel):
    with channel.listening(["web-wang", "group:1"]) as here, channel.listening(["web-li"]) as elsewhere:
        sent = await channel.send(WANG, Drawn(Card("在吗")))
        assert sent.message and here.woken.is_set() and not elsewhere.woken.is_set()
        here.woken.clear()
        assert (await channel.update(WANG, sent.message, Drawn(Card("改了")))).message == sent.message
        assert here.woken.is_set()
    here.woken.clear()
    channel.wake("web-wang")
    assert not here.woken.is_set()


async def test_a_server_that_stops_ends_every_stream(channel):
    with channel.listening(["web-wang"]) as one, channel.listening(["web-li"]) as two:
        channel.close()
        assert [(listener.open, listener.woken.is_set()) for listener in (one, two)] == [(False, True)] * 2
        assert channel.health() == {"ok": True, "listening": 2}


async def test_nobody_keeps_more_than_a_dozen_streams_open(channel):
    with contextlib.ExitStack() as tabs:
        other = tabs.enter_context(channel.listening(["web-li"]))
        listeners = [tabs.enter_context(channel.listening(["web-wang"])) for _ in range(14)]
        assert [listener.open for listener in listeners] == [False] * 2 + [True] * 12
        assert other.open


async def test_the_pages_of_a_picture_are_found_by_what_it_shows(channel):
    assert channel.pictures(CHART) == []
    await channel.send(WANG, Drawn(CHART, (b"one", b"two")))
    kept = channel.pictures(Card("别的话", picture=Picture("summary", {"title": "11月24日", "rows": ["绿", "黄"]})))
    assert [path.read_bytes() for path in kept] == [b"one", b"two"]
    assert channel.pictures(Card("总览", picture=Picture("summary", {"rows": [], "title": ""}))) == []
    assert channel.pictures(Card("没有图")) == []


async def test_the_same_picture_may_go_to_many_at_once(channel):
    await asyncio.gather(*(channel.send(WANG, Drawn(CHART, (b"one" * 100_000,))) for _ in range(12)))
    assert [path.name.endswith("-0.png") for path in (channel.data_dir / "pictures").iterdir()] == [True]


async def test_an_upload_is_read_back_and_one_that_is_gone_says_so(channel):
    channel.uploads.mkdir(parents=True)
    (channel.uploads / REF).write_bytes(b"photo")
    assert await channel.fetch(Attachment("photo", REF)) == b"photo"
    with pytest.raises(Undeliverable):
        await channel.fetch(Attachment("photo", "7-" + "b" * 32))


@pytest.mark.parametrize(
    "ref", ["", "../secret", "7-../../etc/passwd", "7-" + "A" * 32, REF + "x", f"{REF}/..", "secret"]
)
def test_no_ref_leads_out_of_the_uploads(channel, ref):
    channel.uploads.mkdir(parents=True)
    (channel.data_dir / "secret").write_text("no")
    (channel.uploads / "secret").write_text("no")
    assert channel.upload(ref) is None
