"""Reading: what an official types as a progress report, and what stands in a ledger's cells, as plain values."""

from bot.rules.reading.dues import parse_date, parse_due, this_time
from bot.rules.reading.lexicon import Lexicon, seed
from bot.rules.reading.money import parse_money
from bot.rules.reading.report import as_record, read
from bot.rules.reading.shares import parse_percent
from bot.rules.reading.values import (
    Amount,
    Deadline,
    Duration,
    Hindrance,
    MilestoneMention,
    Period,
    Reading,
    StageMention,
)

__all__ = [
    "Amount",
    "Deadline",
    "Duration",
    "Hindrance",
    "Lexicon",
    "MilestoneMention",
    "Period",
    "Reading",
    "StageMention",
    "as_record",
    "parse_date",
    "parse_due",
    "parse_money",
    "parse_percent",
    "read",
    "seed",
    "this_time",
]
