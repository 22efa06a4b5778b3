"""A Bot API server to try the bot by hand: prints its address, reads lines, shows what the bot says.

王芳: 65%        she says it          王芳! 确认      she presses the button
"""

import argparse
import sys
import threading

from tests.bot_api import BotApi, Person, Shown


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m tests.bot_api", description=__doc__)
    options.add_argument("--port", type=int, default=0)
    options.add_argument("--token", default="123456:TEST-TOKEN")
    chosen = options.parse_args()
    with BotApi(chosen.token, port=chosen.port) as api:
        print(api.url, flush=True)
        people: dict[str, Person] = {}
        threading.Thread(target=_show, args=(api, people), daemon=True).start()
        for line in sys.stdin:
            name, sign, rest = _parsed(line)
            if name:
                person = people.setdefault(name, people.get(name) or api.user(name))
                _do(person, sign, rest)


def _parsed(line: str) -> tuple[str, str, str]:
    """ "王芳: 65%" → ("王芳", ":", "65%")."""
    at = min((line.index(sign) for sign in ":：!！" if sign in line), default=0)
    return line[:at].strip(), line[at : at + 1], line[at + 1 :].strip()


def _do(person: Person, sign: str, rest: str) -> None:
    try:
        if sign in ":：":
            person.says(rest)
        else:
            person.presses(rest)
    except AssertionError as failure:
        print(failure, flush=True)


def _show(api: BotApi, people: dict[str, Person]) -> None:
    """Prints each message of the bot when it appears or changes."""
    seen: dict[tuple[str, int], Shown] = {}
    while True:

        def news() -> list[tuple[str, Shown]]:
            shown = [(name, message) for name, person in list(people.items()) for message in api.messages(person)]
            return [(name, m) for name, m in shown if m.from_bot and seen.get((name, m.id)) != m]

        for name, message in api.wait(news, timeout=1e9):
            seen[name, message.id] = message
            what = "[photo] " * message.photo + (f"[{message.document}] " if message.document else "")
            print(f"→ {name}: {what}{message.text}", *(f"[{' | '.join(row)}]" for row in message.buttons), sep="\n  ")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
