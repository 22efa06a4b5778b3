"""`python -m bot.ledger FILE`, how it is to be read as JSON on standard input: the ledger as JSON on standard output; a refusal as `[reason, facts]` and exit code 3."""

import argparse
import resource
import sys

from pydantic import TypeAdapter

from bot.ledger.reading import read_ledger
from bot.ledger.safely import MEMORY
from bot.ledger.values import Asked, Ledger, LedgerError, Refusal

REFUSED = 3


def main() -> int:
    """Read the file named on the command line within the limits; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bot.ledger", description=__doc__)
    parser.add_argument("file")
    parser.add_argument("--year", type=int)
    parser.add_argument("--seconds", type=int, default=30, help="of processor time")
    given = parser.parse_args()
    asked = TypeAdapter(Asked).validate_json(sys.stdin.buffer.read() or b"{}")
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (given.seconds, given.seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        answer, code = TypeAdapter(Ledger).dump_json(read_ledger(given.file, given.year, asked)), 0
    except LedgerError as error:
        answer, code = TypeAdapter(tuple[Refusal, dict[str, str]]).dump_json((error.reason, error.facts)), REFUSED
    except MemoryError:
        answer, code = b'["too_large", {}]', REFUSED
    sys.stdout.buffer.write(answer)
    return code


if __name__ == "__main__":
    sys.exit(main())
