"""The whole behaviour on one screen: what people type, what buttons do, what an open step expects, what else happens."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.rules import reading
from bot.rules.entitlement import Action, holders
from bot.rules.words import Post, Role
from handlers import (
    acceptance,
    admin,
    amending,
    backplans,
    blockers,
    board,
    calendar_links,
    charts,
    chases,
    closing,
    confirming,
    corrections,
    delegation,
    directives,
    dispatch,
    dossier,
    doubts,
    drafting,
    erasing,
    errands,
    exports,
    filing,
    form_issuing,
    gaps,
    groups,
    handover,
    inspections,
    issuing,
    lamps,
    later,
    ledger_chat,
    ledger_mapping,
    lexicon,
    list_changes,
    log,
    matter_list,
    matter_table,
    matters,
    meetings,
    milestone_removal,
    milestones,
    minute_list,
    minutes,
    one_page,
    orders,
    outside,
    pick,
    plans,
    proposals,
    proxies,
    publishing,
    questions,
    quiet,
    rates,
    reports,
    returns,
    review,
    several,
    spot_checks,
    stage_card,
    stages,
    start,
    steps,
    summaries,
    ten_day_return,
    todo,
    undispatched,
)
from handlers.desk import Turn

Handler = Callable[[Turn], None]


NUMBERED = re.compile(r"[#＃]?\d{1,6}号?(?:项目)?")


@dataclass(frozen=True)
class Route:
    """A slash command with the words people type for it, what it does, and the right it wants (None: any bound person; several: one
    of them)."""

    command: str
    words: tuple[str, ...]
    action: Handler
    right: Action | tuple[Action, ...] | None = None
    files: bool = False
    """Whether the caption of a photo or file may begin with it."""
    on_cards: bool = False
    """Whether the word alone presses that button of the newest open card, where it shows one."""
    told: bool = False
    """Whether the word also begins what a report says (资金到位 500万): said by who may not use it, it is that."""

    @property
    def rights(self) -> tuple[Action, ...]:
        """One of these is wanted; none: nothing is."""
        return (self.right,) if isinstance(self.right, Action) else self.right or ()

    @property
    def holders(self) -> tuple[Post | Role, ...]:
        """Who may use it: posts and roles."""
        return tuple(dict.fromkeys(one for right in self.rights for one in holders(right)))

    def rest(self, typed: str, text: str) -> str:
        """What followed the word: "绑定 K7P2-9QXM" -> "K7P2-9QXM"; after a slash command all of the text."""
        for word in self.words:
            if typed.startswith(word) and typed != self.command:
                return typed.removeprefix(word).strip(" \n：:")
        return text


def otherwise(turn: Turn) -> None:
    """Free text: a report, for those who may report; else a word on what can be said."""
    if turn.incoming.attachments:
        if not ledger_chat.offered(turn):
            reports.files_first(turn)
        return
    if matters.find_number(turn.typed):
        matter_list.show_number(turn)
        return
    if questions.only_asks(turn) or directives.offered(turn):
        return
    if not turn.may(turn.person, Action.REPORT):
        if not dossier.asked(turn, turn.typed) and not questions.asked(turn, turn.typed, bare=True):
            asked = questions.sounds_asked(turn.typed)
            turn.reply("question.not_known" if asked else "start.not_understood", words=turn.typed)
        return
    if questions.asked(turn, turn.typed):
        return
    read = reading.read(turn.typed, turn.today, turn.house.lexicon)
    figures = bool(read.percents or read.amounts)
    said = confirming.says_something(read) or stages.says(turn, turn.typed)
    if said and (figures or not read.blockers):
        reports.free(turn, read)
    elif not dossier.asked(turn, turn.typed):
        reports.unsure(turn)


def told_after_all(turn: Turn) -> None:
    """填报进展: words that began with somebody else's word were a report; they answer the open step, or stand for themselves."""
    turn.incoming = replace(turn.incoming, kind="text", text=turn.args["words"], quote="")
    turn.pressed = None
    STEPS.get(turn.talk.step, otherwise)(turn)


def unless_taken(handler: Callable[[Turn], bool]) -> Handler:
    """An open step that takes only what is meant for it: anything else is heard as if no question were open."""

    def heard(turn: Turn) -> None:
        if not handler(turn):
            turn.done()
            otherwise(turn)

    return heard


COMMANDS = (
    Route("start", ("绑定", "报到"), start.begin),
    Route("report", ("填报",), reports.start),
    Route("todo", ("今日待办", "待办"), todo.show),
    Route("desk", ("调度台",), dispatch.show, Action.DISPATCH),
    Route("papers", ("文稿", "通报", "月通报", "旬报"), drafting.show, Action.DISPATCH),
    Route("published", ("已发布",), publishing.listed, Action.BOARD),
    Route("undispatched", ("本月未调度", "未调度"), undispatched.show, Action.BOARD),
    Route("onepage", ("一页纸",), one_page.show, Action.LIGHTS),
    Route("oneline", ("一句话",), one_page.say_line, Action.LIGHTS),
    Route("closing", ("定稿",), closing.show, Action.DISPATCH),
    Route("meeting", ("会议",), meetings.show, Action.DISPATCH),
    Route("proxy", ("代填",), proxies.start, Action.DISPATCH),
    Route("correct", ("更正",), corrections.start, on_cards=True),
    Route("doubts", ("存疑待核", "存疑"), dispatch.doubted, Action.DISPATCH),
    Route("spotcheck", ("抽查",), spot_checks.command),
    Route("statistical", ("纳统",), outside.statistical, Action.DISPATCH, told=True),
    Route("paid", ("支付",), outside.paid, Action.DISPATCH, told=True),
    Route("funds", ("资金到位",), outside.funds, Action.DISPATCH, told=True),
    Route("stage", ("阶段",), stage_card.show),
    Route("place", ("坐标",), outside.place, Action.DISPATCH),
    Route("board", ("总览",), board.show, Action.BOARD),
    Route("chart", ("挂图", "挂图作战"), charts.show),
    Route("lights", ("红绿灯",), lamps.show),
    Route("declare", ("自报",), lamps.typed),
    Route("projects", ("项目",), dossier.listed),
    Route("log", ("日志",), log.show, Action.READ_LOG),
    Route("bind", ("绑定群",), groups.offer, Action.ADMINISTER),
    Route("groups", ("工作群", "解绑群"), groups.listed, Action.ADMINISTER),
    Route("quiet", ("免打扰",), quiet.start),
    Route("delegate", ("委托", "AB角"), delegation.show),
    Route("back", ("我回来了", "结束委托"), returns.back),
    Route("feedback", ("减负建议",), quiet.suggest),
    Route("blocker", ("反映问题", "困难"), blockers.start),
    Route("matters", ("事项",), matter_list.mine),
    Route("direct", ("交办", "批示"), directives.start, files=True),
    Route("record", ("代录",), directives.record, files=True),
    Route("finding", ("督查发现",), inspections.start, files=True),
    Route("plan", ("计划",), plans.show),
    Route("calendar", ("日历",), calendar_links.show),
    Route("list", ("清单",), list_changes.show, Action.BOARD),
    Route("add", ("增补",), list_changes.typed("added"), Action.DISPATCH),
    Route("remove", ("退出",), list_changes.typed("removed"), Action.DISPATCH),
    Route("restore", ("恢复项目",), list_changes.typed("restored"), Action.DISPATCH),
    Route("rename", ("更名",), list_changes.typed("renamed"), Action.DISPATCH),
    Route("proposals", ("待立项",), proposals.listed, Action.DISPATCH),
    Route("export", ("导出",), exports.show, (Action.BOARD, Action.REPORT)),
    Route("milestones", ("节点",), milestones.show),
    Route("lexicon", ("词库",), lexicon.review, Action.DISPATCH),
    Route("mattertable", ("事项统计",), matter_table.show, Action.BOARD),
    Route("rates", ("四率",), rates.show, Action.BOARD),
    Route("ask", ("查数",), questions.ask),
    Route("mistake", ("误发", "误发清除", "撤回误发", "清除误发"), erasing.start),
    Route("help", ("帮助", "help"), start.show_help),
    Route("invite", ("邀请",), admin.invite, Action.ADMINISTER),
    Route("invite_unit", ("邀请单位",), admin.invite_unit, Action.ADMINISTER),
    Route("post", ("岗位",), admin.give_post, Action.ADMINISTER),
    Route("unpost", ("撤岗",), admin.end_post, Action.ADMINISTER),
    Route("person", ("人员",), admin.who, Action.ADMINISTER, told=True),
    Route("deactivate", ("停用",), admin.deactivate, Action.ADMINISTER),
    Route("handover", ("交接",), admin.hand_over, Action.ADMINISTER),
    Route("gaps", ("缺岗",), gaps.show, (Action.ADMINISTER, Action.DISPATCH)),
    Route("holidays", ("放假安排",), admin.holidays, Action.ADMINISTER),
    Route("noise", ("噪声",), admin.noise, Action.ADMINISTER),
    Route("faults", ("故障",), admin.faults, Action.ADMINISTER),
    Route("close", ("关闭",), admin.close, Action.ADMINISTER),
    Route("resume", ("恢复发送",), admin.resume, Action.ADMINISTER),
)

BUTTONS: dict[str, Handler] = {
    "admin.chosen": admin.chosen,
    "admin.confirm": admin.confirm,
    "admin.cancel": admin.cancel,
    "admin.close": admin.close,
    "admin.resume": admin.resume,
    "blocker.start": blockers.start,
    "blocker.pick": blockers.picked,
    "blocker.category": blockers.categorised,
    "blocker.more": blockers.more_categories,
    "blocker.urgency": blockers.with_urgency,
    "blocker.submit": blockers.submit,
    "blocker.amend": blockers.amend,
    "blocker.again": blockers.again,
    "blocker.cancel": blockers.cancel,
    "light.show": lamps.show,
    "light.declare": lamps.declare,
    "light.cancel": lamps.cancel,
    "light.units": lamps.units,
    "light.unit": lamps.unit,
    "rate.rest": rates.rest,
    "stage.show": stage_card.show,
    "stage.withdraw": stage_card.withdraw,
    "milestone.list": milestones.show,
    "milestone.open": milestones.opened,
    "milestone.field": milestones.ask_field,
    "milestone.move": milestones.move,
    "milestone.gone": milestone_removal.pressed,
    "milestone.remove": milestone_removal.remove,
    "milestone.cancel": milestones.cancel,
    "plan.show": plans.show,
    "plan.spread": plans.ask,
    "plan.way": plans.way,
    "plan.confirm": plans.confirm,
    "plan.cancel": plans.cancel,
    "plan.back": backplans.ask,
    "plan.template": backplans.chosen,
    "plan.end": backplans.pressed_end,
    "plan.follow": backplans.follow,
    "plan.hold": backplans.hold,
    "form.choose": form_issuing.choose,
    "form.issue": form_issuing.issue,
    "form.again": form_issuing.again,
    "paper.hub": drafting.show,
    "paper.start": drafting.start,
    "paper.open": drafting.open_draft,
    "paper.amend": drafting.amend,
    "paper.back": drafting.back,
    "paper.see": drafting.see,
    "paper.drop": drafting.drop,
    "paper.publish": publishing.publish,
    "paper.toggle": publishing.toggle,
    "paper.keep": publishing.keep,
    "paper.publish_now": publishing.now,
    "paper.published": publishing.listed,
    "paper.again": publishing.again,
    "paper.page": one_page.make,
    "paper.line": one_page.said,
    "undispatched.show": undispatched.show,
    "closing.show": closing.show,
    "closing.open": closing.open_card,
    "closing.close": closing.close,
    "closing.reopen": closing.reopen,
    "closing.keep": closing.keep,
    "calendar.project": calendar_links.of_project,
    "calendar.new": calendar_links.renew,
    "calendar.stop": calendar_links.stop,
    "list.show": list_changes.show,
    "list.start": list_changes.start,
    "list.confirm": list_changes.confirm,
    "list.amend": list_changes.amend,
    "list.cancel": list_changes.cancel,
    **{f"list.{kind}": list_changes.picked(kind) for kind in ("removed", "restored", "renamed")},
    "export.make": exports.make,
    "export.show": exports.show,
    "lexicon.file": lexicon.pressed,
    "lexicon.page": lexicon.turn_page,
    "order.set": orders.chosen,
    "order.page": orders.turn_page,
    "order.issue": orders.issue,
    "order.amend": orders.amend,
    "order.change": orders.change,
    "order.cancel": orders.cancel,
    "meeting.start": minutes.start,
    "meeting.read": minutes.read,
    "meeting.chair": minutes.chair_pressed,
    "meeting.page": minute_list.turn_page,
    "meeting.item": minute_list.open_item,
    "meeting.field": minute_list.ask_field,
    "meeting.day": minute_list.with_day,
    "meeting.drop": minute_list.drop,
    "meeting.cancel": minutes.cancel,
    "meeting.issue": minute_list.issue,
    "meeting.heard": issuing.heard,
    "meeting.agenda": meetings.agenda,
    "meeting.last": meetings.last,
    "matter.step": steps.press,
    "matter.result": steps.with_result,
    "matter.chosen": steps.chosen,
    "matter.page": steps.turn_page,
    "matter.send": steps.send,
    "matter.day": steps.with_day,
    "matter.more": matter_list.turn_page,
    "matter.cancel": steps.cancel,
    "matter.show": matter_list.open_card,
    "matter.files": matter_list.send_files,
    "table.month": matter_table.turn_month,
    "delegation.start": delegation.start,
    "delegation.pick": delegation.pick,
    "delegation.days": delegation.days,
    "delegation.confirm": delegation.confirm,
    "delegation.amend": delegation.amend,
    "delegation.cancel": delegation.cancel,
    "delegation.refuse": returns.refuse,
    "delegation.end": returns.finish,
    "gaps.show": gaps.show,
    "handover.moved": handover.moved,
    "matter.mine": matter_list.mine,
    "pick.page": pick.turn_page,
    "project.show": dossier.open_card,
    "todo.show": todo.show,
    "todo.press": todo.press,
    "todo.next": todo.go_on,
    "todo.all_on_plan": todo.all_on_plan,
    "todo.later": later.ask,
    "todo.put_off": later.put_off,
    "quiet.until": quiet.chosen,
    "quiet.ask": quiet.ask,
    "desk.show": dispatch.show,
    "desk.list": dispatch.listed,
    "desk.chase": chases.chase,
    "desk.chase_all": chases.chase_all,
    "chase.press": chases.press,
    "desk.proxy": proxies.start,
    "desk.proxy_for": proxies.chosen,
    "desk.proxy_who": proxies.named,
    "desk.accept": acceptance.accept,
    "desk.accept_all": acceptance.accept_all,
    "desk.accept_now": acceptance.accept_now,
    "desk.pause": acceptance.pause,
    "desk.pause_until": acceptance.until_pressed,
    "desk.resume": acceptance.resume,
    "board.show": board.show,
    "board.troubled": board.troubled,
    "chart.choose": charts.choose,
    "chart.draw": charts.draw,
    "chart.more": charts.more,
    "chart.page": charts.page,
    "chart.project": charts.project,
    "log.show": log.show,
    "group.list": groups.listed,
    "group.on_page": groups.on_page,
    "group.show": groups.show,
    "group.mode": groups.change_mode,
    "group.unbind": groups.unbind,
    "group.unbind_now": groups.unbind_now,
    "summary.release": summaries.release,
    "summary.amend": summaries.amend,
    "summary.skip": summaries.skip,
    "question.list": questions.listed,
    "question.matter": questions.of_matter,
    "question.kept": questions.kept,
    "erase.matter": erasing.of_matter,
    "erase.pick": erasing.picked,
    "erase.report": erasing.of_report,
    "erase.now": erasing.now,
    "erase.cancel": erasing.cancel,
    "erase.project": erasing.of_project,
    "erase.entry": erasing.entry_picked,
    "report.start": reports.start,
    "report.pick": several.then_next(reports.picked),
    "report.on_plan": several.then_next(filing.on_plan),
    "report.confirm": several.then_next(confirming.confirm),
    "report.amend": amending.choose,
    "report.line": amending.tapped,
    "report.milestone": amending.milestone,
    "report.drop": amending.drop,
    "report.card": amending.back,
    "report.cancel": several.then_next(confirming.cancel),
    "report.meant": confirming.meant,
    "report.as_words": confirming.as_words,
    "report.kept": reports.kept,
    "report.told": told_after_all,
    "ledger.confirm": ledger_chat.confirm,
    "ledger.cancel": ledger_chat.cancel,
    "ledger.again": ledger_chat.again,
    "ledger.back": ledger_chat.back,
    "ledger.details": ledger_chat.details,
    "ledger.columns": ledger_mapping.listed,
    "ledger.column": ledger_mapping.opened,
    "ledger.choose": ledger_mapping.chosen,
    "returned.all": ten_day_return.all_of_it,
    "returned.each": ten_day_return.each,
    "returned.cancel": ten_day_return.cancel,
    "proposal.list": proposals.listed,
    "proposal.show": proposals.show,
    "proposal.make": proposals.make,
    "proposal.drop": proposals.drop,
    "proposal.all": proposals.ask_all,
    "proposal.all_now": proposals.make_all,
    "correct.pick": corrections.pick,
    "correct.page": corrections.turn_page,
    "correct.confirm": corrections.confirm,
    "correct.amend": corrections.amend,
    "correct.cancel": corrections.cancel,
    "spot.start": spot_checks.start,
    "spot.inspector": spot_checks.chosen,
    "spot.cancel": spot_checks.cancel,
    "spot.open": spot_checks.listed,
    "spot.look": spot_checks.look,
    "spot.withdraw": spot_checks.withdraw,
    "spot.mine": spot_checks.mine,
    "spot.show": spot_checks.show,
    "spot.true": spot_checks.confirmed,
    "spot.untrue": spot_checks.untrue,
    "doubt.explain": doubts.explain,
    "doubt.why": doubts.why,
    "doubt.open": doubts.opened,
    "doubt.checked": doubts.checked,
    "doubt.ask": doubts.ask_why,
    "report.agree": review.agree,
    "report.refuse": review.refuse,
}

STEPS: dict[str, Handler] = {
    "admin.holidays": admin.notice_pasted,
    "blocker.project": blockers.choosing,
    "blocker.category": blockers.naming_category,
    "blocker.words": blockers.described,
    "blocker.urgency": blockers.described,
    "blocker.confirm": blockers.described,
    "closing.why": closing.why,
    "light.reason": lamps.reason,
    "milestone.edit": unless_taken(milestones.edit),
    "milestone.value": milestones.value,
    "milestone.move": milestones.waiting,
    "milestone.why": milestone_removal.reason,
    "milestone.remove": milestone_removal.waiting,
    "paper.line": drafting.typed,
    "paper.to": publishing.typed,
    "plan.ways": plans.typed,
    "plan.template": backplans.again,
    "plan.end": backplans.end,
    "plan.laid": backplans.adjust,
    "list.project": list_changes.project_said,
    "list.name": list_changes.name_said,
    "list.basis": list_changes.basis_said,
    "list.confirm": list_changes.basis_said,
    "lexicon.phrase": lexicon.narrowed,
    "lexicon.stage": lexicon.stage_named,
    **{f"order.{step}": orders.told for step in orders.STEPS},
    "meeting.paste": minutes.paste,
    "meeting.chair": minutes.chair_typed,
    "meeting.items": minute_list.mended,
    "meeting.value": minute_list.value_typed,
    "matter.words": steps.words,
    "matter.choice": steps.typed_choice,
    "quiet.until": quiet.answered,
    "delegation.who": delegation.typed,
    "delegation.when": delegation.typed,
    "delegation.confirm": delegation.typed,
    "feedback.words": quiet.suggested,
    "desk.proxy_project": proxies.choosing,
    "desk.proxy_who": proxies.typed,
    "desk.pause_until": acceptance.until_typed,
    "desk.pause_why": acceptance.why,
    "summary.note": summaries.noted,
    "report.pick": several.then_next(reports.choosing),
    "report.figures": several.then_next(reports.take),
    "report.line": several.then_next(amending.typed),
    "report.proof": several.then_next(amending.proof),
    "report.refuse_why": review.refuse_why,
    "doubt.words": doubts.words,
    "correct": corrections.said,
    "spot.inspector": spot_checks.typed,
    "report.unsure": otherwise,
    "erase.why": erasing.why,
    "ledger.wait": ledger_chat.wait,
    "ledger.preview": ledger_chat.typed,
    "ledger.column": ledger_mapping.typed,
    "ledger.returned": ten_day_return.typed,
}

PASTED = frozenset({"meeting.paste", "admin.holidays"})
"""Steps answered by a pasted text, whatever word it begins with."""

ASIDE = frozenset({"report.figures", "report.pick"})
"""Steps during which a plain question is answered, too, without touching the draft."""

EVENTS: dict[str, Handler] = {
    "errand": errands.came_back,
    "joined": groups.joined,
    "left": groups.left,
    "migrated": groups.migrated,
    "blocked": start.left,
}


def find(words: str) -> Route | None:
    """The route of a command or of the word a text begins with: followed by nothing, a blank or a colon; a word that not everybody may use
    also by a project's number (一页纸17)."""
    for route in COMMANDS:
        if words == route.command or words in route.words:
            return route
        if any(words.startswith((f"{word} ", f"{word}\n", f"{word}：", f"{word}:")) for word in route.words):
            return route
        rests = (words.removeprefix(word) for word in route.words if route.right and words.startswith(word))
        if any(NUMBERED.fullmatch(rest) for rest in rests):
            return route
    return None


def allowed(turn: Turn, route: Route) -> bool:
    return not route.rights or any(turn.may(turn.person, right) for right in route.rights)
