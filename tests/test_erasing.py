"""误发清除: what was sent by mistake is gone from everywhere, and the log holds and says who, when and why."""

import json

import pytest
from sqlmodel import select

from bot.errands import stored_path
from bot.messages import Incoming
from bot.rules.striking import striker
from bot.rules.words import Post, Role
from handlers import erasing
from handlers.roster import Refused
from storage import dispatch_log
from storage.tables import IncomingRow, LogEntry, LogWords, Matter, Outbox, Person, PersonKey, Report, StoredFile
from tests.town import Town

pytestmark = pytest.mark.slow

WANG, ZHAO, LI, SUN = "王科长", "赵调度", "李局长", "孙科员"
OFFICE = "区自然资源局"
SECRET = "老婆晚上想吃糖醋排骨，钥匙在门口花盆下"
STUB = "〔误发，已清除〕"


@pytest.fixture
def town(settle_in):
    town = settle_in("2026-11-24 15:00")
    town.person(WANG)
    town.person(ZHAO, posts=[Post.DISPATCHER])
    town.person(LI, OFFICE, posts=[Post.INTAKE, Post.HEAD, Post.DEPUTY_HEAD])
    town.person(SUN, OFFICE)
    town.project(
        "智诚慧家标准车间", {Role.REPORTER: WANG, Role.GENERAL_DISPATCHER: ZHAO}, number=17, plan=dict.fromkeys(range(1, 13), 1000)
    )  # fmt: skip
    return town


def rows(town, table):
    with town.store.read() as session:
        return session.exec(select(table)).all()


def everything(town) -> bytes:
    """All bytes on the disk: the database with its log ahead, and the files."""
    home = town.settings.data_dir.parent
    return b"".join(path.read_bytes() for path in sorted(home.rglob("*")) if path.is_file())


def nowhere(town: Town, words: str) -> None:
    """The words are on no disk, in no form the program writes, and on no phone."""
    found = everything(town)
    for form in (words, json.dumps(words)[1:-1]):
        assert form.encode() not in found, form
    assert not [one.text for one in town.phones.messages if words in one.text]


def sound(town):
    with town.store.read() as session:
        assert dispatch_log.verify(session, town.app.house.sealer).good
        verdict = dispatch_log.verify_rows(session, town.app.house.sealer)
        assert verdict.good, verdict


def said_in_log(town) -> str:
    with town.store.read() as session:
        entries = dispatch_log.entries(session, town.app.house.sealer)
        return json.dumps([(entry.words, entry.row_words) for entry in entries], ensure_ascii=False)


async def sends(town, who, text, message):
    await town.comes_in(person=who, name=who, chat=who, text=text, facts={"message": message})


# --- the sender --------------------------------------------------------------------------------------------------------------


async def test_a_reply_with_the_word_destroys_what_was_not_even_a_report(town):
    await sends(town, WANG, SECRET, "501")
    assert "糖醋排骨" in town.text(WANG)
    await town.comes_in(person=WANG, name=WANG, chat=WANG, text="误发", quote="501", facts={"message": "502"})
    assert "要销毁的是" in town.text(WANG)
    await town.presses(WANG, "销毁")
    assert "已销毁：消息 1 条" in town.text(WANG) and "在撤回" in town.text(WANG)
    assert (WANG, "501") in town.phones.deleted
    for piece in ("糖醋排骨", "门口花盆", SECRET):
        nowhere(town, piece)
    (stub,) = [row for row in rows(town, IncomingRow) if row.state == "erased"]
    assert Incoming.from_json(stub.body).facts["erased"]["by"] == town.people[WANG]
    entry = next(entry for entry in rows(town, LogEntry) if entry.kind == "words.erased")
    assert entry.person == town.people[WANG] and entry.at
    sound(town)


async def test_the_word_alone_offers_the_last_messages(town):
    await sends(town, WANG, SECRET, "501")
    await town.presses(WANG, "取消")
    await town.says(WANG, "误发")
    assert "1. " in town.text(WANG) and "老婆晚上想吃糖醋排骨，钥匙在…" in town.text(WANG)
    await town.presses(WANG, "1")
    await town.presses(WANG, "销毁")
    nowhere(town, "糖醋排骨")
    sound(town)


async def test_where_the_service_does_not_take_it_back_the_sender_is_asked_to(town):
    town.phones.deletes = False
    await sends(town, WANG, SECRET, "501")
    await town.says(WANG, "误发")
    await town.presses(WANG, "1")
    await town.presses(WANG, "销毁")
    assert "请您自己也删除手机里的那条" in town.text(WANG)
    nowhere(town, "糖醋排骨")


async def test_a_report_by_its_receipt_keeps_its_figures(town):
    await sends(town, WANG, f"65% {SECRET}", "501")
    await town.presses(WANG, "确认")
    assert "糖醋排骨" in said_in_log(town)
    await town.presses(WANG, "撤回误发")
    await town.presses(WANG, "销毁")
    assert "数字没有动" in town.text(WANG)
    nowhere(town, "糖醋排骨")
    (report,) = rows(town, Report)
    assert report.progress == 65 and report.words == STUB
    assert "糖醋排骨" not in said_in_log(town)
    sound(town)


async def test_a_table_made_with_the_words_is_taken_back_and_one_made_before_stays(town):
    async def table() -> str:
        await town.says(ZHAO, "导出 问题台账")
        return town.last(ZHAO).card.files[0].partition("|")[0].rpartition("/")[2]

    before = await table()
    await town.walk("2026-11-24 15:30", minutes=10)
    await raised(town, SECRET)
    made = await table()
    assert stored_path(town.settings.data_dir, made).exists()
    await town.says(WANG, "误发")
    await town.presses(WANG, "1")
    await town.presses(WANG, "销毁")
    assert not stored_path(town.settings.data_dir, made).exists()
    assert stored_path(town.settings.data_dir, before).exists()
    (shown,) = [one for one in town.messages(ZHAO) if "已收回销毁" in one.text]
    assert not shown.card.files and "问题台账" in shown.text
    again = await table()
    assert again != made and stored_path(town.settings.data_dir, again).exists()
    sound(town)


async def test_a_matter_goes_from_everybodys_cards_and_can_be_worked_on(town):
    await sends(town, WANG, f"反映问题 用地手续没办下来。{SECRET}", "501")
    for label in ("用地", "一般"):
        if label in town.last(WANG).labels:
            await town.presses(WANG, label)
    await town.presses(WANG, "提交")
    assert "糖醋排骨" in town.text(LI)
    await town.presses(LI, "签收")
    await town.says(WANG, "误发")
    await town.presses(WANG, "1")
    await town.presses(WANG, "销毁")
    nowhere(town, "糖醋排骨")
    assert any(STUB in one.text for one in town.messages(LI))
    (matter,) = rows(town, Matter)
    assert STUB in matter.words
    sound(town)
    await town.presses(LI, "首次答复")
    await town.says(LI, "11月30日前办结")
    sound(town)


async def raised(town, words: str) -> None:
    await sends(town, WANG, f"反映问题 用地手续没办下来。{words}", "501")
    for label in ("用地", "一般", "提交"):
        if label in town.last(WANG).labels:
            await town.presses(WANG, label)


async def test_a_matter_by_its_receipt(town):
    await raised(town, SECRET)
    assert "撤回误发" in town.last(WANG).labels
    await town.presses(WANG, "撤回误发")
    assert "反映问题 用地手续" in town.text(WANG)
    await town.presses(WANG, "销毁")
    nowhere(town, "糖醋排骨")
    assert any(STUB in one.text for one in town.messages(LI))
    sound(town)


async def test_feedback_and_an_answer_by_who_gave_them(town):
    await raised(town, "缺一份材料")
    await town.presses(LI, "签收")
    await town.presses(LI, "反馈")
    await sends(town, LI, f"材料收到。{SECRET}", "601")
    assert "糖醋排骨" in said_in_log(town)
    await town.says(LI, "17-1")
    await town.says(LI, "事项")
    await town.says(LI, "误发")
    assert "材料收到" in town.text(LI) and "17-1" not in town.text(LI) and "事项" not in town.text(LI), (
        "only what could be a mistake"
    )
    await town.presses(LI, "1")
    await town.presses(LI, "销毁")
    nowhere(town, "糖醋排骨")
    sound(town)
    await town.says(LI, "17-1")
    await town.presses(LI, "办结")
    await town.presses(LI, "已解决")
    await sends(town, LI, "已办好，密码本在红色柜子", "602")
    assert "红色柜子" in town.text(WANG) and town.last(LI).labels == ["撤回误发"]
    await town.presses(LI, "撤回误发")
    await town.presses(LI, "销毁")
    nowhere(town, "红色柜子")
    assert "已解决" in town.last(WANG).labels, "it can still be closed"
    await town.presses(WANG, "已解决")
    assert rows(town, Matter)[0].state == "closed"
    sound(town)


async def test_nobody_takes_back_the_words_of_others_by_a_matter(town):
    await raised(town, SECRET)
    await town.presses(LI, "办结")
    await town.presses(LI, "已解决")
    await sends(town, LI, "已办好", "602")
    await town.presses(LI, "撤回误发")
    await town.presses(LI, "销毁")
    (matter,) = rows(town, Matter)
    assert "糖醋排骨" in matter.words and "已办好" not in matter.answer
    sound(town)


async def test_a_photo_is_destroyed_unless_somebody_else_sent_the_same(town):
    await town.sends_file(WANG, b"a private photo", caption="65%", name="IMG_1.jpg")
    await town.presses(WANG, "确认")
    (file,) = rows(town, StoredFile)
    place = stored_path(town.settings.data_dir, file.sha256)
    assert place.exists()
    await town.says(WANG, "误发")
    await town.presses(WANG, "1")
    await town.presses(WANG, "销毁")
    (file,) = rows(town, StoredFile)
    assert not place.exists() and (file.state, file.sha256, file.report) == ("erased", "", None)
    assert b"a private photo" not in everything(town) and b"IMG_1" not in everything(town)
    sound(town)


async def test_the_same_photo_of_another_stays(town):
    town.person("陈总")
    town.project("北辰机电二期", {Role.REPORTER: "陈总"}, number=18, plan=dict.fromkeys(range(1, 13), 1000))
    for who in (WANG, "陈总"):
        await town.sends_file(who, b"the same photo", caption="65%")
        await town.presses(who, "确认")
    await town.says(WANG, "误发")
    await town.presses(WANG, "1")
    await town.presses(WANG, "销毁")
    kept = next(file for file in rows(town, StoredFile) if file.state == "stored")
    assert stored_path(town.settings.data_dir, kept.sha256).exists()


async def test_after_a_day_it_is_the_dispatchers_with_a_reason(town):
    await sends(town, WANG, f"65% {SECRET}", "501")
    await town.presses(WANG, "确认")
    await town.sleep_until("2026-11-26 10:00")
    await town.says(WANG, "误发")
    assert "没有您发的、可以清除的内容" in town.text(WANG)
    await town.says(ZHAO, "误发 17")
    assert "要清除哪一条" in town.text(ZHAO)
    await town.presses(ZHAO, "1")
    await town.says(ZHAO, "私人内容，与项目无关")
    assert "已销毁" in town.text(ZHAO)
    nowhere(town, "糖醋排骨")
    sound(town)
    await town.says(ZHAO, "日志 17")
    assert "清除了王科长误发的原话" in town.text(ZHAO) and "私人内容，与项目无关" in town.text(ZHAO)


async def test_nobody_destroys_the_words_of_others(town):
    await sends(town, WANG, f"65% {SECRET}", "501")
    await town.presses(WANG, "确认")
    await town.says(LI, "误发 17")
    assert "糖醋排骨" not in town.text(LI) and "要清除哪一条" not in town.text(LI)
    assert "糖醋排骨" in said_in_log(town)


async def test_other_words_stay_as_they_were(town):
    await sends(town, WANG, "主体结构正常推进 60%", "500")
    await town.presses(WANG, "确认")
    await sends(town, WANG, f"65% {SECRET}", "501")
    await town.presses(WANG, "确认")
    await town.presses(WANG, "撤回误发")
    await town.presses(WANG, "销毁")
    assert [row.words for row in rows(town, Report)] == ["主体结构正常推进 60%", STUB]
    assert "主体结构正常推进" in said_in_log(town)


async def test_words_changed_without_an_entry_that_says_so_are_found_out(town):
    await sends(town, WANG, f"65% {SECRET}", "501")
    await town.presses(WANG, "确认")
    before = {row.entry: row.sealed for row in rows(town, LogWords)}
    await town.presses(WANG, "撤回误发")
    await town.presses(WANG, "销毁")
    changed = next(row.entry for row in rows(town, LogWords) if before.get(row.entry, row.sealed) != row.sealed)

    def put_back(desk):
        desk.session.get(LogWords, changed).sealed = before[changed]

    town.do(put_back)
    with town.store.read() as session:
        verdict = dispatch_log.verify(session, town.app.house.sealer)
    assert (verdict.problem, verdict.entry) == ("words", changed)


# --- one person, at their request ------------------------------------------------------------------------------------------------


async def test_a_persons_words_are_erased_at_their_request(town):
    await sends(town, WANG, f"65% {SECRET}", "501")
    await town.presses(WANG, "确认")
    await town.says(WANG, "反映问题 供地手续卡住了")
    await town.presses(WANG, "提交") if "提交" in town.last(WANG).labels else None

    def erase(desk):
        row = desk.session.get(Person, town.people[WANG])
        with pytest.raises(Refused):
            erasing.person(desk, row, "", dry_run=False)
        return erasing.person(desk, row, "本人书面申请", dry_run=False)

    done = town.do(erase)
    assert done["reports"] == 1 and done["entries"] >= 1 and done["messages"] >= 2
    nowhere_on_disk = everything(town)
    assert "糖醋排骨".encode() not in nowhere_on_disk
    (report,) = rows(town, Report)
    assert report.progress == 65 and report.words == ""
    assert not [row for row in rows(town, PersonKey) if row.person == town.people[WANG]]
    sound(town)
    await town.says(WANG, "70%")
    await town.presses(WANG, "确认")
    sound(town)
    assert all("糖醋" not in row.body for row in rows(town, Outbox))


# --- the rule ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "left"),
    [
        (f"他写道：{SECRET}", f"他写道：{STUB}"),
        ({"a": [SECRET, 1, None], "b": "别的"}, {"a": [STUB, 1, None], "b": "别的"}),
        ("没看懂“老婆晚上想吃糖…”。", f"没看懂“{STUB}”。"),
        ("老婆晚上想吃", "老婆晚上想吃"),
        ("今年 65%", "今年 65%"),
        ("65%", STUB),
        ("", ""),
    ],
)
def test_words_are_struck_out_whole_or_cut_short(value, left):
    assert striker([SECRET, "65%"], STUB)(value) == left


def test_pieces_are_struck_out_of_what_only_the_writer_saw():
    strike = striker([SECRET], STUB, pieces=True)
    assert strike("没看懂：“钥匙在门口花盆下”") == f"没看懂：“{STUB}”"
    assert strike("糖醋排骨") == STUB and strike("糖") == "糖"


async def test_the_command_asks_why_and_tells_what_was_erased(town):
    from bot import control

    await sends(town, WANG, f"65% {SECRET}", "501")
    await town.presses(WANG, "确认")
    with pytest.raises(control.Said):
        town.do(lambda desk: control.perform(desk, "erase", {"name": WANG}))
    tried = town.do(lambda desk: control.perform(desk, "erase", {"name": WANG, "why": "本人申请", "dry_run": True}))
    assert tried["reports"] == 1 and not tried["done"] and "糖醋排骨" in said_in_log(town)
    done = town.do(lambda desk: control.perform(desk, "erase", {"name": WANG, "why": "本人申请"}))
    assert done["entries"] >= 1 and "糖醋排骨" not in said_in_log(town)
    sound(town)
