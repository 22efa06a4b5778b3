"""总览 and 挂图 over the Bot API: each chart arrives as a picture, once also after a kill; the board page is opened with a code from the chat."""

import re
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from PIL import Image

from tests.office import CHEN, NAME, THIRD, WANG, office
from tests.pages import OURS
from tests.test_calendar_over_telegram import free_port

pytestmark = pytest.mark.slow

CHARTS = ("红黄绿灯", "横道图", "投资曲线", "项目阶段", "未结问题")


async def test_a_leader_taps_through_the_charts_and_opens_the_board(tmp_path: Path) -> None:
    async with office(tmp_path, "2026-10-08 09:05", web_port=free_port()) as here:
        service, chen = here.service, here[CHEN]
        async with service.up():
            await here.reports(f"{NAME} 60%，今年以来完成投资8000万元")
            chen.says("总览")
            await here.taps(CHEN, "挂图")
            await chen.hears("要看哪一张")
            await service.quiet()
            already = len(here.photos(chen))
            for label in CHARTS:
                await here.taps(CHEN, label)
                shown = await chen.hears(f"【{label}】长泉区，截至 10-08 09:0")
                assert shown.photo and len(shown.text) < 60 and len(shown.labels) <= 6
            await service.quiet()
            pictures = here.photos(chen)[already:]
            assert len(pictures) == len(CHARTS) == len(set(pictures))
            sizes = [Image.open(BytesIO(one)).size for one in pictures]
            assert all(wide == 1080 and 300 < high <= 1280 for wide, high in sizes)
            await here.taps(CHEN, "更多")
            await service.quiet()
            service.arm("sender.before")
            await here.taps(CHEN, "挂图作战")
            await service.dead(20)
        service.disarm()
        async with service.up():
            await chen.hears("【挂图作战】长泉区")
            await service.quiet()
            assert len(here.photos(chen)) == already + len(CHARTS) + 1
            chen.says("挂图")
            await service.quiet()
            await here.taps(CHEN, "更多", "网页看板")
            told = await chen.hears("【网页看板】")
            found = re.search(r"打开 (http://\S+/board)，输入 (\S+)。", told.text)
            assert found and "30 分钟内有效，只能用一次" in told.text
            async with httpx.AsyncClient(base_url=found[1].removesuffix("/board"), trust_env=False) as browser:
                assert NAME not in (await browser.get("/board")).text
                code = {"code": found[2]}
                assert (await browser.post("/board/api/login", json=code, headers=OURS)).status_code == 200
                board = (await browser.get("/board")).text
                assert NAME in board and THIRD in board and "10-08" in board and WANG not in board
            async with httpx.AsyncClient(base_url=browser.base_url, trust_env=False) as other:
                assert (await other.post("/board/api/login", json=code, headers=OURS)).status_code == 403
            assert found[2] not in service.log
        service.verify()
