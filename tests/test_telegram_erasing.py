"""Over the Bot API: what was sent by mistake, or bears a mark of secrecy, is gone from the chat, too."""

from pathlib import Path

import pytest
import pytest_asyncio

from tests.bot_api import BotApi
from tests.chaos.nursery import Nursery
from tests.test_telegram_service import District

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]
WORDS = "钥匙在门口花盆下，晚上吃糖醋排骨"


@pytest_asyncio.fixture(loop_scope="module")
async def nursery():
    async with Nursery() as nursery:
        yield nursery


async def test_by_reply_and_on_every_card_that_quoted_it(nursery: Nursery, tmp_path: Path) -> None:
    with BotApi() as api:
        district = District(tmp_path, api, nursery)
        async with district.service.up():
            wang = district["王科长"]
            mistaken = wang.says(f"65% {WORDS}")
            await wang.hears("请确认")
            wang.presses("确认")
            await wang.hears("已记下")
            wang.says("误发", reply_to=mistaken)
            await wang.hears("要销毁的是")
            wang.presses("销毁")
            await wang.hears("已销毁：消息 1 条")
            await api.until(lambda: all("糖醋排骨" not in one.text for one in api.messages(wang)))
            await api.until(lambda: mistaken not in [one.id for one in api.messages(wang)])
            assert not any("请您自己也删除" in one.text for one in api.messages(wang))
            assert district.service.value("SELECT count(*) FROM report WHERE words LIKE '%糖醋%'") == 0
            assert district.service.value("SELECT count(*) FROM incoming WHERE body LIKE '%糖醋%'") == 0
            assert (
                district.service.value("SELECT count(*) FROM outbox WHERE body LIKE '%糖醋%' OR shown LIKE '%糖醋%'")
                == 0
            )
        district.service.verify()


async def test_a_marked_text_is_taken_away_and_a_leader_asks_a_figure(nursery: Nursery, tmp_path: Path) -> None:
    with BotApi() as api:
        district = District(tmp_path, api, nursery)
        async with district.service.up():
            wang, li = district["王科长"], district["调度小李"]
            sent = wang.says("机密★1年 选址在老机场")
            await wang.hears("没有保存")
            await api.until(lambda: sent not in [one.id for one in api.messages(wang)])
            assert district.service.value("SELECT count(*) FROM incoming WHERE body LIKE '%老机场%'") == 0
            li.says("现在开工率多少")
            await li.hears("开工率")
            await api.until(lambda: any(one.pre and "已开工" in one.pre[0] for one in api.messages(li)))
        district.service.verify()
