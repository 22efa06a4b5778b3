"""Getting acquainted: strangers, binding by code, help."""

import hashlib
import re
import secrets
from collections.abc import Sequence
from datetime import timedelta

from bot.messages import Address, Card
from bot.rules.entitlement import Action
from bot.rules.words import MessageClass, Post, Role
from handlers import waiting
from handlers.desk import Desk, Turn
from storage import people, roster
from storage.alarms import raise_alarm
from storage.db import next_id
from storage.people import Known
from storage.tables import Account, BindAttempt, Invite, Person

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
HOLDERS = 3
"""Posts that are named where a word is somebody else's."""
WAITS = 3
"""Things that the first card names."""
CODE = re.compile(r"[2-9A-HJ-NP-Z]{4}-?[2-9A-HJ-NP-Z]{4}", re.IGNORECASE)


def new_code() -> str:
    """A code like K7P2-9QXM: eight characters without look-alikes, 31^8 of them."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def code_hash(code: str) -> str:
    return hashlib.sha256(code.upper().replace("-", "").strip().encode()).hexdigest()


def invite(desk: Desk, person: int, made_by: int | None = None) -> str:
    """Makes a one-use code for a person; earlier unused codes stop working."""
    for old in people.open_invites(desk.session, person):
        old.withdrawn = True
    code = new_code()
    hours = desk.policy.file.invite.hours
    desk.session.add(
        Invite(
            id=next_id(desk.session, Invite),
            code_hash=code_hash(code),
            person=person,
            made_by=made_by,
            made_at=desk.now,
            expires_at=desk.now + timedelta(hours=hours),
        )
    )
    desk.session.flush()
    desk.note("invite.made", person=made_by, facts={"for": person, "hours": hours})
    return code


def stranger(turn: Turn) -> None:
    """Somebody nobody knows: a code binds, anything else is told how to get one."""
    code = CODE.search(turn.typed.upper())
    if code is None:
        turn.reply("start.stranger")
    else:
        bind(turn, code.group())


def begin(turn: Turn) -> None:
    """绑定 CODE or /start of a bound person: binds anew where a code came with it, else says hello."""
    code = CODE.search(str(turn.args.get("rest", "")).upper())
    if code:
        bind(turn, code.group())
    else:
        hello(turn)


def bind(turn: Turn, code: str) -> None:
    """Binds this identity to the code's person. A stranger learns only that the code does not work; the administrator learns why."""
    incoming = turn.incoming
    attempts = people.attempts(turn.session, incoming.channel, incoming.person)
    if attempts.paused_until and attempts.paused_until > turn.now:
        turn.reply("start.code_paused", until=attempts.paused_until)
        return
    row = people.invite_by_hash(turn.session, code_hash(code))
    if row and turn.known and row.used_by == turn.known.account:
        hello(turn)  # the link of one's own invite, opened once more
        return
    wrong = _wrong(turn, row)
    if row is None or wrong:
        _refuse(turn, row, wrong, attempts)
        return
    attempts.failures, attempts.paused_until = 0, None
    before = turn.known
    account = people.bind(
        turn.session, row.person, incoming.channel, incoming.person, incoming.chat, incoming.name, turn.now
    )
    row.used_at, row.used_by = turn.now, account
    turn.session.flush()
    turn.note(
        "account.bound",
        person=row.person,
        facts={"account": account, "from": before.person if before and before.person != row.person else None},
        words={"name": incoming.name, "identity": incoming.person},
    )
    turn.known = people.known_by_account(turn.session, account)
    turn.withdraw(f"unreachable:{row.person}")
    if before and before.person != row.person:
        _moved(turn, before, row.person)
    _tell_other_accounts(turn, row.person, account)
    hello(turn)


def _wrong(turn: Turn, row: Invite | None) -> str:
    """Why a code does not work; "" where it does."""
    if row is None:
        return "unknown"
    person = turn.session.get(Person, row.person)
    if row.used_at:
        return "used"
    if row.withdrawn or person is None or not person.active:
        return "withdrawn"
    return "expired" if row.expires_at <= turn.now else ""


def _refuse(turn: Turn, row: Invite | None, wrong: str, attempts: BindAttempt) -> None:
    """Counts the try; after too many there is a pause. What was wrong goes to the administrators alone."""
    rules = turn.policy.file.invite
    attempts.failures += 1
    paused = attempts.failures >= rules.tries
    if paused:
        attempts.failures, attempts.paused_until = 0, turn.now + timedelta(minutes=rules.pause_minutes)
    turn.session.flush()
    _tell_administrators(turn, wrong, row, paused)
    if paused:
        turn.reply("start.code_paused", until=attempts.paused_until)
    else:
        turn.reply("start.code_wrong")


def _tell_administrators(turn: Turn, wrong: str, row: Invite | None, paused: bool) -> None:
    """What was wrong with the code, once a day per stranger and kind. A code used twice is told at once: it may have leaked."""
    name = turn.incoming.name or turn.incoming.person
    turn.note(
        "bind.refused", facts={"why": wrong}, words={"name": turn.incoming.name, "identity": turn.incoming.person}
    )
    leaked = wrong == "used" and row is not None
    if leaked:
        raise_alarm(turn.session, f"code:{row.id}", f"code_used_again {name}", turn.now)  # type: ignore[union-attr]
    for administrator, _ in people.everyone_with(turn.session, Post.ADMINISTRATOR, turn.today):
        text = turn.text(
            "start.code_refused",
            administrator.locale,
            why=wrong,
            name=name,
            meant=people.name_of(turn.session, row.person) if row else "",
            channel=turn.incoming.channel,
            paused=paused,
        )
        key = f"bind:{turn.incoming.channel}:{turn.incoming.person}:{wrong}:{paused}:{turn.today}:{administrator.id}"
        if leaked:
            turn.hand(administrator.id, Card(text), key=key, about="", reason={"text": text})
        else:
            turn.remind(administrator.id, "notice", key=key, about="", reason={"text": text})


def _moved(turn: Turn, before: Known, person: int) -> None:
    """An account went over to another person: its logins and drafts end; whoever had it is told elsewhere, the administrators too."""
    roster.forget_talk(turn.session, [before.account])
    new = people.name_of(turn.session, person)
    facts = {"old": before.name, "new": new, "channel": before.channel}
    if people.account_of(turn.session, before.person):
        text = turn.text("start.account_moved", before.locale, **facts)
        turn.hand(before.person, Card(text), key=f"moved:{before.account}:{turn.now}", about="", reason={"text": text})
    for administrator, _ in people.everyone_with(turn.session, Post.ADMINISTRATOR, turn.today):
        text = turn.text("start.account_moved_told", administrator.locale, **facts)
        turn.remind(
            administrator.id,
            "notice",
            key=f"moved:{before.account}:{turn.now}:{administrator.id}",
            about="",
            reason={"text": text},
        )


def _tell_other_accounts(turn: Turn, person: int, account: int) -> None:
    """A person with accounts elsewhere hears there that another was added: if it was not they, somebody has their code."""
    for other in roster.accounts(turn.session, person):
        if other.id == account:
            continue
        text = turn.text("start.account_added", turn.locale, channel=turn.incoming.channel, name=turn.incoming.name)
        address = Address(other.channel, other.chat, "", other.identity)
        turn.say(
            MessageClass.ANSWER,
            Card(text),
            person=person,
            address=address,
            key=f"added:{account}:{other.id}:{turn.now}",
        )


def hello(turn: Turn) -> None:
    """Who you are here, what is yours, what waits for you, and the few words to know."""
    assert turn.known is not None
    standing = turn.standing(turn.person)
    names = people.unit_names(turn.session)
    posts = [(held.role, names[held.unit]) for held in people.posts_of(turn.session, turn.person, turn.today)]
    waits = waiting.everything(turn, turn.person, turn.locale)
    keys = [turn.key("report_progress", "report.start")] if standing.reports else []
    keys += [turn.key("todo", "todo.show")]
    if turn.may(turn.person, Action.DISPATCH):
        keys.append(turn.key("desk", "desk.show"))
    if turn.may(turn.person, Action.BOARD):
        keys.append(turn.key("board", "board.show"))
    turn.reply(
        "start.hello", [keys], name=turn.known.name, title=turn.known.title, posts=posts, reports=len(standing.reports), roles=len(standing.roles),
        waits=waits[:WAITS], count=len(waits), demo=turn.house.demo, abroad=turn.incoming.channel in turn.house.abroad,
        administrator=turn.may(turn.person, Action.ADMINISTER), reusable=True,
    )  # fmt: skip


def not_your_word(turn: Turn, words: str, holders: Sequence[Post | Role], rest: str) -> None:
    """A word that only others may use: whose it is and what to do instead. The open step stays as it is; where more was said, a tap
    takes it as a report."""
    command = turn.incoming.command
    more = bool(rest) and not command and bool(turn.standing(turn.person).reports)
    keys = [turn.key("report_progress", "report.told", words=turn.typed)] if more else []
    turn.reply(
        "start.not_your_word", [keys], word=f"/{command}" if command else words.removesuffix(rest).strip(" \n：:"), holders=holders[:HOLDERS],
        others=len(holders) > HOLDERS, more=more, under_way=bool(turn.talk.step), only=holders[0].value if len(holders) == 1 else "",
    )  # fmt: skip


def show_help(turn: Turn) -> None:
    """帮助: the words this person may use."""
    standing = turn.standing(turn.person)
    turn.reply(
        "start.help",
        reports=bool(standing.reports),
        dispatch=turn.may(turn.person, Action.DISPATCH),
        administer=turn.may(turn.person, Action.ADMINISTER),
        board=turn.may(turn.person, Action.BOARD),
        read_log=turn.may(turn.person, Action.READ_LOG),
        direct=turn.may(turn.person, Action.DIRECT),
        record=turn.may(turn.person, Action.RECORD),
        inspect=turn.may(turn.person, Action.INSPECT),
    )


def left(turn: Turn) -> None:
    """A person blocked the bot: told once to the dispatchers; the ladder goes on."""
    if turn.known is None:
        return
    people.unreachable(turn.session, turn.known.account, "blocked")
    turn.note("account.unreachable", person=turn.known.person, facts={"why": "blocked"})
    tell_unreachable(turn, turn.known.person, "blocked")


def tell_unreachable(desk: Desk, person: int, why: str) -> None:
    """One line in the dispatchers' next bundle, once for each time a person is lost."""
    row = desk.session.get(Person, person)
    account = people.account_of(desk.session, person)
    since = desk.session.get(Account, account.account).used_at if account else None  # type: ignore[union-attr]
    for dispatcher, _ in people.everyone_with(desk.session, Post.DISPATCHER, desk.today):
        if row is None or not row.active or dispatcher.id == person:
            continue
        text = desk.text("start.unreachable", dispatcher.locale, name=row.name, phone=row.phone, why=why)
        desk.remind(
            dispatcher.id,
            "notice",
            key=f"unreachable:{person}:{since}:{dispatcher.id}",
            about=f"unreachable:{person}",
            reason={"text": text},
        )


def admitted(turn: Turn) -> None:
    """A person unblocked the bot: can be reached again."""
    if turn.known:
        turn.withdraw(f"unreachable:{turn.known.person}")
