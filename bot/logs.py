"""What the service tells its operator: JSON lines on stderr (plain lines on a terminal), with nothing secret in them."""

import json
import logging
import re
import sys
from collections.abc import Iterable
from typing import TextIO
from urllib.parse import quote

import structlog

TOKEN = r"(?<!\d)\d{6,12}(?::|%3A)[A-Za-z0-9_-]{30,}"
"""What a Telegram token looks like, whoever's it is."""
TALKATIVE = (
    "alembic",
    "httpx",
    "httpcore",
    "telegram",
    "apscheduler",
    "uvicorn.access",
    "uvicorn.error",
    "asyncio",
    "PIL",
)
SHORTEST = 6


class Redactor:
    """Puts stars in the place of secrets in a finished line: messages, arguments and tracebacks alike."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        long_enough = [one for one in secrets if len(one) >= SHORTEST]
        written = {form for one in long_enough for form in (one, json.dumps(one)[1:-1], quote(one, safe=""))}
        known = sorted(map(re.escape, written), key=len, reverse=True)
        self._secrets = re.compile("|".join([*known, TOKEN]))

    def __call__(self, line: str) -> str:
        return self._secrets.sub("***", line)


class Lines(structlog.stdlib.ProcessorFormatter):
    """Every record as one line, redacted last, when nothing is added any more."""

    redact = Redactor()

    def format(self, record: logging.LogRecord) -> str:
        return self.redact(super().format(record))


def set_up(level: str = "INFO", secrets: Iterable[str] = (), stream: TextIO | None = None) -> None:
    """Sends the log lines of this process, structlog's and the libraries', to `stream` (stderr)."""
    out = stream or sys.stderr
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if out.isatty():
        plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        finish: list[structlog.typing.Processor] = [plain]
    else:
        # A traceback as text: the values of variables would tell what people wrote.
        finish = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    lines = Lines(
        foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *finish],
    )
    lines.redact = Redactor(secrets)
    handler = logging.StreamHandler(out)
    handler.setFormatter(lines)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.captureWarnings(True)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        cache_logger_on_first_use=True,
    )
