"""Work groups: binding by code, the little that is heard there, and what an administrator does with them."""

import re
from datetime import timedelta

from bot.messages import Address, Button, Card
from bot.rules.entitlement import BY_POST, Action
from bot.rules.words import MessageClass, Post
from handlers import alarms, board, questions, start
from handlers.desk import Desk, Turn
from storage import groups, people
from storage.board import Reach
from storage.tables import ChatGroup, GroupCode

MODES = ("auto", "review", "weekly", "changed")
GLANCE_MINUTES = 10
"""How often a group may ask for its 总览, at most."""
BIND_WORDS = re.compile(r"绑定群?\s*[:：]?\s*(?=[0-9A-Za-z])")
SHOWN = 5
ASK = "查数"
PAGE = "webchat"
"""The channel of the page."""

# --- heard in a group -----------------------------------------------------------------------------------------------------


def heard(turn: Turn) -> None:
    """Something said in a group: a code binds it, 总览 shows its board; a question put to the bot
    itself is answered with figures; to nothing else there is an answer."""
    command, typed = turn.incoming.command, turn.typed
    if command == "bind" or (command == "start" and typed) or (not command and BIND_WORDS.match(typed)):
        bind(turn, typed)
    elif command == "board" or (not command and typed == "总览"):
        glance(turn)
    elif command == "ask" or turn.incoming.facts.get("addressed") or typed.startswith(ASK):
        _asked(turn, typed.removeprefix(ASK))


def bind(turn: Turn, typed: str) -> None:
    """Binds this chat (and topic) to the code's unit. Whatever else was typed gets one and the same line: a group learns nothing."""
    incoming, rules = turn.incoming, turn.policy.file.invite
    attempts = people.attempts(turn.session, incoming.channel, incoming.person or incoming.chat)
    if attempts.paused_until and attempts.paused_until > turn.now:
        return
    found = start.CODE.search(typed.upper())
    code = groups.code_by_hash(turn.session, start.code_hash(found.group())) if found else None
    if code is None or code.used_at is not None or code.expires_at <= turn.now:
        attempts.failures += 1
        if attempts.failures >= rules.tries:
            attempts.failures, attempts.paused_until = 0, turn.now + timedelta(minutes=rules.pause_minutes)
        turn.session.flush()
        if found:
            _protect(turn, found.group())
        _say_here(turn, "group.code_wrong")
        return
    attempts.failures, attempts.paused_until = 0, None
    code.used_at = turn.now
    _bound(turn, code)


def _bound(turn: Turn, code: GroupCode) -> None:
    incoming, file = turn.incoming, turn.policy.file.summary
    group = groups.bind(
        turn.session, incoming.channel, incoming.chat, incoming.thread, incoming.title, code.unit, code.made_by, turn.now
    )  # fmt: skip
    turn.note(
        "group.bound", person=turn.known.person if turn.known else None, facts={"group": group.id, "unit": group.unit, "made_by": code.made_by},
        words={"title": group.title, "name": incoming.name},
    )  # fmt: skip
    unit = people.unit_names(turn.session)[group.unit]
    _say_here(turn, "group.bound", unit=unit, send_at=file.send_at, mode=mode_of(turn, group))
    if code.made_by is not None:
        card = Card(turn.text("group.told", title=group.title, unit=unit, name=incoming.name))
        turn.hand(code.made_by, card, key=f"group:{group.id}:{turn.now}", about=f"group:{group.id}")


def _protect(turn: Turn, code: str) -> None:
    """A person's invite that was shown to a group is worth nothing any more; the administrators hear of it."""
    invite = people.invite_by_hash(turn.session, start.code_hash(code))
    if invite is None or invite.used_at is not None or invite.withdrawn:
        return
    invite.withdrawn = True
    turn.session.flush()
    turn.note("invite.exposed", facts={"for": invite.person}, words={"title": turn.incoming.title})
    for administrator, _ in people.everyone_with(turn.session, Post.ADMINISTRATOR, turn.today):
        text = turn.text("group.invite_exposed", administrator.locale, name=people.name_of(turn.session, invite.person))
        key = f"exposed:{invite.id}:{administrator.id}"
        turn.remind(administrator.id, "notice", key=key, about="", reason={"text": text})


def glance(turn: Turn) -> None:
    """总览 in a group: what the summary would say now, at most once in ten minutes."""
    group = groups.group_at(turn.session, turn.incoming.channel, turn.incoming.chat, turn.incoming.thread)
    if group is None:
        return
    about = f"glance:{group.id}"
    if groups.said_since(turn.session, about, turn.now - timedelta(minutes=GLANCE_MINUTES)):
        return
    facts = board.gathered(turn, reach(turn, group), people.unit_names(turn.session)[group.unit], internal=False)
    card = Card(board.overview(turn, facts), picture=board.picture(turn, facts))
    shown = [item["project"] for item in facts["troubled"]]
    turn.say(MessageClass.ANSWER, card, chat_group=group.id, about=about, projects=shown)


def _asked(turn: Turn, words: str) -> None:
    group = groups.group_at(turn.session, turn.incoming.channel, turn.incoming.chat, turn.incoming.thread)
    if group is not None:
        questions.in_group(turn, words, group, reach(turn, group))


def reach(desk: Desk, group: ChatGroup) -> Reach:
    """The projects a group may hear of: those that belong to its unit or one below it."""
    return Reach(people.subtree(desk.session, group.unit), led=False)


def mode_of(desk: Desk, group: ChatGroup) -> str:
    """How this group's summary goes out: its own mode, else the policy's."""
    return group.mode or desk.policy.file.summary.mode


def _say_here(turn: Turn, name: str, **facts: object) -> None:
    turn.say(MessageClass.ANSWER, Card(turn.text(name, **facts)), address=turn.incoming.address)


# --- events ---------------------------------------------------------------------------------------------------------------


def joined(turn: Turn) -> None:
    """The bot came into a group: one line on how to bind it. In a direct chat: somebody let it in again."""
    if turn.incoming.direct:
        start.admitted(turn)
    elif not groups.groups_in(turn.session, turn.incoming.channel, turn.incoming.chat):
        _say_here(turn, "group.hello")


def left(turn: Turn) -> None:
    """The bot was put out of a group: nothing goes there any more, and the administrator hears of it."""
    for group in groups.groups_in(turn.session, turn.incoming.channel, turn.incoming.chat):
        group.active = False
        turn.session.flush()
        turn.note("group.left", facts={"group": group.id, "unit": group.unit})
        alarms.group_left(turn, group.id, group.title, people.unit_names(turn.session)[group.unit])


def migrated(turn: Turn) -> None:
    """A group became a supergroup."""
    facts = turn.incoming.facts
    groups.group_moved(turn.session, turn.incoming.channel, facts.get("from", turn.incoming.chat), facts["to"])


# --- what an administrator does ---------------------------------------------------------------------------------------------


def make_group_code(desk: Desk, unit: int, made_by: int | None) -> str:
    """A one-use code that binds a group to a unit, good for as long as an invite; only its hash is kept."""
    code, hours = start.new_code(), desk.policy.file.invite.hours
    groups.add_code(desk.session, start.code_hash(code), unit, made_by, desk.now + timedelta(hours=hours))
    desk.note("group.code", person=made_by, facts={"unit": unit, "hours": hours})
    return code


def offer(turn: Turn) -> None:
    """绑定群 [单位]: a code for a group, of the unit named or the administrator's own."""
    wanted = str(turn.args.get("rest", "")).strip()
    own = [
        post.unit for post in people.posts_of(turn.session, turn.person, turn.today) if post.role is Post.ADMINISTRATOR
    ]
    unit = people.unit_named(turn.session, wanted) if wanted else None
    number = unit.id if unit else own[0] if own and not wanted else None
    if number is None or number not in administered(turn):
        turn.reply("group.no_unit", unit=wanted)
        return
    code = make_group_code(turn, number, turn.person)
    links = [link.replace("?start=", "?startgroup=") + code for link in turn.house.links.values() if "?start=" in link]
    turn.reply(
        "group.code", [[turn.key("page_group", "group.on_page", unit=number)]], unit=people.unit_names(turn.session)[number], code=code,
        hours=turn.policy.file.invite.hours, links=links,
    )  # fmt: skip


def on_page(turn: Turn) -> None:
    """网页群: a group at the page itself, for a place without any chat service. Who belongs to it follows from units and posts."""
    unit = turn.args["unit"]
    if unit not in administered(turn):
        turn.reply("start.no_such_thing")
        return
    name, chat = people.unit_names(turn.session)[unit], f"group:unit:{unit}"
    if groups.group_at(turn.session, PAGE, chat) is None:
        group = groups.bind(
            turn.session, PAGE, chat, "", turn.words("group.page_title", unit=name), unit, turn.person, turn.now
        )
        turn.note(
            "group.bound",
            person=turn.person,
            facts={"group": group.id, "unit": unit, "made_by": turn.person},
            words={"title": group.title},
        )
        text = turn.text("group.bound", unit=name, send_at=turn.policy.file.summary.send_at, mode=mode_of(turn, group))
        turn.say(MessageClass.ANSWER, Card(text), chat_group=group.id)
    turn.reply("group.on_page", unit=name)


def administered(turn: Turn) -> frozenset[int]:
    """The units the speaker administers."""
    posts = turn.standing(turn.person).posts
    return frozenset[int]().union(*(units for post, units in posts if post in BY_POST[Action.ADMINISTER]))


def listed(turn: Turn) -> None:
    """工作群, 解绑群: the groups of the units one administers."""
    found = groups.groups_of(turn.session, administered(turn))
    names = people.unit_names(turn.session)
    page = int(turn.args.get("page", 0))
    shown = found[page * SHOWN : (page + 1) * SHOWN]
    keys = [Button(str(at + 1), "group.show", {"group": group.id}) for at, group in enumerate(shown)]
    if len(found) > SHOWN:
        keys.append(turn.key("more", "group.list", page=(page + 1) % -(-len(found) // SHOWN)))
    items = [(group.title, group.channel, names[group.unit], mode_of(turn, group)) for group in shown]
    turn.reply("group.list", [keys[:3], keys[3:]], items=items, count=len(found), reusable=True)


def _chosen(turn: Turn) -> ChatGroup | None:
    """The group a button names, if the speaker administers it and it is still bound."""
    group = groups.group_by_id(turn.session, turn.args["group"])
    if group is not None and group.active and group.unit in administered(turn):
        return group
    turn.reply("start.no_such_thing")
    return None


def show(turn: Turn) -> None:
    """One group: its unit, how its summary goes out, and what may be changed."""
    group = _chosen(turn)
    if group is None:
        return
    keys = [
        turn.key(f"mode_{mode}", "group.mode", group=group.id, mode=mode)
        for mode in MODES
        if mode != mode_of(turn, group)
    ]
    turn.reply(
        "group.one", [keys, [turn.key("unbind", "group.unbind", "danger", group=group.id)]], title=group.title,
        unit=people.unit_names(turn.session)[group.unit], mode=mode_of(turn, group), bound_at=group.bound_at,
        send_at=turn.policy.file.summary.send_at,
    )  # fmt: skip


def change_mode(turn: Turn) -> None:
    """How this group's summary goes out from now on."""
    group = _chosen(turn)
    if group is None:
        return
    group.mode = turn.args["mode"]
    turn.session.flush()
    turn.note("group.mode", person=turn.person, facts={"group": group.id, "mode": group.mode})
    show(turn)


def unbind(turn: Turn) -> None:
    """Asks first."""
    group = _chosen(turn)
    if group is None:
        return
    keys = [
        turn.key("confirm", "group.unbind_now", "danger", group=group.id),
        turn.key("cancel", "group.show", group=group.id),
    ]
    turn.reply("group.unbind", [keys], title=group.title, unit=people.unit_names(turn.session)[group.unit])


def unbind_now(turn: Turn) -> None:
    """解绑: nothing goes there any more, and the group is told."""
    group = _chosen(turn)
    if group is None:
        return
    turn.say(MessageClass.ANSWER, Card(turn.text("group.unbound_there")), address=_address(group))
    group.active = False
    turn.session.flush()
    turn.note("group.unbound", person=turn.person, facts={"group": group.id, "unit": group.unit})
    turn.reply("group.unbound", title=group.title)


def _address(group: ChatGroup) -> Address:
    return Address(group.channel, group.chat, group.thread)
