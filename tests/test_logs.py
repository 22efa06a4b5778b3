"""Log lines: one JSON object each, and no secret in any of them, wherever it hides."""

import io
import json
import logging

import pytest
import structlog

from bot import logs

CANARY = "123456789:AAF-canary_token_that_must_never_be_seen"
SECRET = 'the"secret\\key'


@pytest.fixture
def stream():
    """The log of this process, caught; what was set up before comes back afterwards."""
    root, configuration = logging.getLogger(), structlog.get_config()
    handlers, level = root.handlers[:], root.level
    caught = io.StringIO()
    logs.set_up("INFO", [CANARY, SECRET], caught)
    yield caught
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)
    structlog.configure(**configuration)


def lines(stream):
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def fail():
    raise ValueError(f"https://api.example/bot{CANARY}/getMe refused {SECRET}")


def test_a_line_is_one_json_object_with_time_level_and_place(stream):
    structlog.get_logger("bot.app").info("channel stopped", channel="telegram", reason="王科长")
    logging.getLogger("uvicorn").warning("slow %s", 3)
    first, second = lines(stream)
    assert (first["event"], first["channel"], first["reason"], first["level"]) == (
        "channel stopped",
        "telegram",
        "王科长",
        "info",
    )
    assert second["event"] == "slow 3" and second["timestamp"].endswith("Z")


def test_secrets_are_nowhere(stream):
    log = structlog.get_logger("bot.app")
    log.info("values", token=CANARY, inside={"url": f"https://x/bot{CANARY}/y"}, secret=SECRET)
    logging.getLogger("httpx").warning("GET https://x/bot%s/getUpdates", CANARY)
    logging.getLogger("httpx").warning("GET https://x/bot%s/getUpdates", CANARY.replace(":", "%3A"))
    for told in (log, logging.getLogger("library")):
        try:
            fail()
        except ValueError:
            told.exception("failed")
    said = stream.getvalue()
    assert said.count("***") >= 6
    for hidden in (CANARY, CANARY.partition(":")[2], "secret\\", 'the"'):
        assert hidden not in said


def test_any_telegram_token_is_hidden_whoever_it_belongs_to(stream):
    logging.getLogger("x").warning("bot987654321:BBH%s", "x" * 32)
    assert "987654321" not in stream.getvalue()


def test_a_traceback_tells_where_but_not_what_people_wrote(stream):
    words = "张三的手机号是 13800000000"
    try:
        assert words
        fail()
    except ValueError:
        structlog.get_logger("bot.app").exception("message failed", kind="text")
    assert "in fail" in stream.getvalue() and words not in stream.getvalue()


def test_talkative_libraries_are_quiet(stream):
    for name in ("httpx", "httpcore", "apscheduler.scheduler", "telegram.ext", "alembic.runtime"):
        logging.getLogger(name).info("chatter")
    logging.getLogger("mine").info("word")
    assert [line["event"] for line in lines(stream)] == ["word"]
