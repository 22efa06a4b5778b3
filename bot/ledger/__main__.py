"""`python -m bot.ledger FILE`: the ledger as JSON on standard output; a refusal as `[reason, facts]` and exit code 3."""

import argparse
import resource
import sys

from pydantic import TypeAdapter

from bot.ledger.reading import read_ledger
from bot.ledger.safely import MEMORY
from bot.ledger.values import Ledger, LedgerError, Refusal

REFUSED = 3


def main() -> int:
    """Read the file named on the command line within the limits; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bot.ledger", description=__doc__)
    parser.add_argument("file")
    parser.add_argument("--year", type=int)
    parser.add_argument("--seconds", type=int, default=30, help="of processor time")
    asked = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (asked.seconds, asked.seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        answer, code = TypeAdapter(Ledger).dump_json(read_ledger(asked.file, asked.year)), 0
    except LedgerError as error:
        answer, code = TypeAdapter(tuple[Refusal, dict[str, str]]).dump_json((error.reason, error.facts)), REFUSED
    except MemoryError:
        answer, code = b'["too_large", {}]', REFUSED
    sys.stdout.buffer.write(answer)
    return code


if __name__ == "__main__":
    sys.exit(main())
