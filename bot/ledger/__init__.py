"""The Excel ledger (台账) of projects and people, read into plain values."""

from bot.ledger.reading import read_ledger
from bot.ledger.safely import read_ledger_safely
from bot.ledger.values import (
    Ledger,
    LedgerDate,
    LedgerError,
    LedgerMilestone,
    LedgerName,
    LedgerPerson,
    LedgerProject,
    Reason,
    Refusal,
    RowProblem,
    Skip,
    Skipped,
)

__all__ = [
    "Ledger",
    "LedgerDate",
    "LedgerError",
    "LedgerMilestone",
    "LedgerName",
    "LedgerPerson",
    "LedgerProject",
    "Reason",
    "Refusal",
    "RowProblem",
    "Skip",
    "Skipped",
    "read_ledger",
    "read_ledger_safely",
]
