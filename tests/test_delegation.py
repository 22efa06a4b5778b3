"""Somebody is away (委托, AB角), told as days: who gets what, who may act, what the log says, and how it ends."""

from datetime import date

import pytest
from sqlmodel import select

from bot.messages import Card
from bot.rules.absence import pieces, read_absence
from bot.rules.words import MatterState, MessageClass, Post, Role
from handlers import deputies
from handlers.roster import Refused
from storage import dispatch_log, matters
from storage.tables import Delegation, Matter, NudgeRow, Report
from tests.town import Town

pytestmark = pytest.mark.slow

ZHANG, LI, WANG, CHIEF = "张三", "李四", "王五", "管理员老赵"
SUN, OFFICE = "业主老孙", "区自然资源局"
PLAN = dict.fromkeys(range(1, 13), 1000)


def settled(settle_in, now: str = "2026-09-28 09:10", **project: object) -> Town:
    """张三 receives for the land office and reports project 17; 李四 and 王五 sit in the same office."""
    town: Town = settle_in(now)
    town.person(CHIEF, posts=[Post.ADMINISTRATOR])
    town.person("调度小林", posts=[Post.DISPATCHER])
    town.person(ZHANG, OFFICE, posts=[Post.INTAKE])
    town.person(LI, OFFICE, title="用地科")
    town.person(WANG, OFFICE)
    town.person(SUN, "智诚公司")
    values = {
        "plan": PLAN,
        "invested_year": 80_000_000,
        "invested_as_of": date(2026, 8, 25),
        "as_of": date(2026, 9, 24),
    }
    town.project(
        "智诚慧家标准车间", {Role.REPORTER: ZHANG, Role.OWNER_CONTACT: SUN}, number=17, **{**values, **project}
    )  # type: ignore[arg-type]
    return town


async def delegates(town: Town, words: str, who: str = ZHANG) -> None:
    await town.says(who, f"委托 {words}")
    await town.presses(who, "确认")


async def raises(town: Town, who: str = SUN) -> None:
    await town.says(who, "反映问题")
    await town.says(who, "用地")
    await town.says(who, "还差 30 亩指标")
    await town.presses(who, "一般")
    await town.presses(who, "提交")


def read_by(town: Town, who: str) -> str:
    return "\n".join(shown.text for shown in town.messages(who))


def rows(town: Town, table: type = Delegation) -> list:
    with town.store.read() as session:
        return list(session.exec(select(table).order_by(table.id)))


def matter(town: Town) -> Matter:
    with town.store.read() as session:
        found = matters.by_number(session, 17, 1)
        assert found is not None
        return found


def log(town: Town, number: int = 17) -> list[str]:
    def read(desk):
        from handlers.log import worded_entries
        from storage.tables import Project

        row = desk.session.exec(select(Project).where(Project.number == number)).one()
        return worded_entries(desk, row.id, 50)

    return list(town.do(read))


def check_log(town: Town) -> None:
    with town.store.read() as session:
        assert dispatch_log.verify(session, town.app.house.sealer).good
        verdict = dispatch_log.verify_rows(session, town.app.house.sealer)
        assert verdict.good, verdict


# --- how it is typed ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "since", "until"),
    [
        ("12-01到12-05", "2026-12-01", "2026-12-05"),
        ("12月1日至5日", "2026-12-01", "2026-12-05"),
        ("12.1-12.5", "2026-12-01", "2026-12-05"),
        ("12-30到1-3", "2026-12-30", "2027-01-03"),
        ("从明天到周五", "2026-11-25", "2026-11-27"),
        ("到12-05", "2026-11-24", "2026-12-05"),
        ("12-03起", "2026-12-03", None),
        ("到我回来", "2026-11-24", None),
        ("本周", "2026-11-24", "2026-11-29"),
        ("下周", "2026-11-30", "2026-12-06"),
        ("11-24", "2026-11-24", "2026-11-24"),
    ],
)
def test_when_somebody_is_away(words, since, until):
    expected = (date.fromisoformat(since), until and date.fromisoformat(until))
    assert read_absence(words, date(2026, 11, 24)) == expected


@pytest.mark.parametrize("words", ["出差", "国庆值班", "李四", "到省里开会", "周五开会", "7", "培训3天"])
def test_a_reason_or_a_name_is_no_date(words):
    assert read_absence(words, date(2026, 11, 24)) is None


def test_what_is_typed_falls_into_pieces():
    assert pieces("李四 12-03 到 12-09 出差，开会") == ["李四", "12-03到12-09", "出差", "开会"]
    assert pieces("李四 到我回来") == ["李四", "到我回来"]


# --- the talk -------------------------------------------------------------------------------------------------------------


async def test_asked_step_by_step_with_a_restart_between_any_two(settle_in):
    town = settled(settle_in)
    await town.says(ZHANG, "委托")
    assert "现在没有委托" not in town.text(ZHANG) and "1 李四 区自然资源局 用地科" in town.text(ZHANG)
    town.reopen()
    await town.presses(ZHANG, "1")
    assert town.last(ZHANG).labels == ["今天", "明天", "本周", "到我回来", "取消"]
    town.reopen()
    await town.says(ZHANG, "09-30 到 10-08")
    assert "李四代您：09-30（周三）至 10-08（周四）" in town.text(ZHANG)
    await town.says(ZHANG, "国庆休假")
    assert "，国庆休假" in town.text(ZHANG)
    town.reopen()
    await town.presses(ZHANG, "确认")
    assert "已委托：李四代您" in town.text(ZHANG)
    assert "张三委托您代办：09-30（周三）至 10-08（周四），国庆休假" in town.text(LI)
    [row] = rows(town)
    assert (row.since, row.until, row.reason) == (date(2026, 9, 30), date(2026, 10, 8), "国庆休假")
    await town.says(LI, "AB角")
    assert "您将代张三" in read_by(town, LI) and "请谁代办" in town.text(LI)
    check_log(town)


async def test_in_one_line_then_amended_and_an_overtaken_card(settle_in):
    town = settled(settle_in)
    await town.says(ZHANG, "委托 李四 12-01到12-05 出差")
    first = town.last(ZHANG)
    assert "李四代您：12-01（周二）至 12-05（周六），出差" in first.text and first.labels == ["确认", "修改", "取消"]
    await town.says(ZHANG, "王五")
    assert "王五代您：12-01" in town.text(ZHANG)
    await town.presses(ZHANG, "确认", message=first)
    assert rows(town) == [] and "王五代您" in town.text(ZHANG)
    await town.presses(ZHANG, "修改")
    await town.says(ZHANG, "12-02")
    assert "王五代您：12-02（周三）一天，出差" in town.text(ZHANG)
    await town.presses(ZHANG, "取消")
    assert "没有委托" in town.text(ZHANG) and rows(town) == []


async def test_a_report_begun_before_waits_meanwhile(settle_in):
    town = settled(settle_in, milestones=[("封顶", "2026-12-20")])
    await town.says(ZHANG, "填报")
    await delegates(town, "李四 明天")
    with town.store.read() as session:
        from storage.tables import Conversation

        steps = [row.step for row in session.exec(select(Conversation)) if row.step]
    assert steps == ["report.figures"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("张三 明天", "不能委托给本人"),
        ("赵六 明天", "“赵六”没有读出来"),
        ("没账号的人 明天", "还没有绑定账号"),
        ("李四 2026-09-01到2026-10-01", "09-01 已经过去"),
        ("李四 2026-10-08到2026-10-01", "起止日期不对"),
    ],
)
async def test_what_cannot_be_is_said_and_asked_again(settle_in, words, said):
    town = settled(settle_in)
    town.person("没账号的人", OFFICE, bound=False)
    await town.says(ZHANG, f"委托 {words}")
    assert said in town.text(ZHANG) and rows(town) == []
    await town.says(ZHANG, "李四 明天")
    assert "李四代您" in town.text(ZHANG)


async def test_of_two_people_of_one_name_the_number_decides(settle_in):
    town = settled(settle_in)
    other = town.person("周伟", "区财政局")
    town.person("周伟", "区水务局", bound=False)
    await town.says(ZHANG, "委托 周伟 明天")
    assert "1 区财政局" in town.text(ZHANG) and "2 区水务局" in town.text(ZHANG)
    await town.presses(ZHANG, "1")
    assert "周伟代您" in town.text(ZHANG)
    await town.presses(ZHANG, "确认")
    assert [row.deputy for row in rows(town)] == [other]


# --- over National Day ------------------------------------------------------------------------------------------------------


async def test_over_national_day_the_deputy_gets_it_all_and_acts_and_it_ends_by_itself(settle_in):
    town = settled(settle_in, milestones=[("封顶", "2026-09-30")])
    await delegates(town, "李四 09-29到10-08 休假")
    await raises(town)  # on the 28th 张三 is still there
    assert "17-1" in town.text(ZHANG) and "17-1" not in read_by(town, LI)
    old = town.last(ZHANG)

    await town.walk("2026-09-29 10:00")
    assert "封顶" in town.text(LI) and "（代 张三）" in town.text(LI) and "封顶" not in read_by(town, ZHANG)
    [item] = [row for row in rows(town, NudgeRow) if row.milestone]
    assert (item.person, item.acting_for) == (town.people[LI], town.people[ZHANG])

    await town.says(LI, "今日待办")
    assert "17-1" in town.text(LI) and "（代 张三）" in town.text(LI)
    await town.says(LI, "17-1")
    assert "签收" in town.last(LI).labels
    await town.presses(LI, "签收")
    assert matter(town).state is MatterState.HANDLING
    assert any("李四（代张三） 签收事项 17-1" in line for line in log(town))

    await town.presses(ZHANG, "签收", message=old)  # says what happened meanwhile
    assert "李四" in town.text(ZHANG) and "签收" not in old.labels

    await town.says(LI, "填报")
    await town.says(LI, "65% 累计8800万")
    await town.presses(LI, "确认")
    [report] = rows(town, Report)
    assert (report.person, report.progress) == (town.people[LI], 65)
    assert any("李四（代张三）" in line and "65%" in line for line in log(town))

    await town.walk("2026-10-09 10:00", minutes=60)
    assert "李四代您的委托到期结束" in town.text(ZHANG) and "您代张三的委托到期结束" in town.text(LI)
    assert [row.ended for row in rows(town)] == ["over"]
    assert sum("到期结束" in shown.text for shown in town.messages(ZHANG)) == 1
    await town.says(LI, "17-1")
    assert "没有找到" in town.text(LI)
    await town.says(ZHANG, "今日待办")
    assert "17-1" in town.text(ZHANG) and "代 张三" not in town.text(ZHANG)
    check_log(town)


async def test_a_card_handed_while_away_goes_to_the_deputy_and_back_with_the_person(settle_in):
    town = settled(settle_in)
    await delegates(town, "李四 到我回来")
    await raises(town)
    card = town.last(LI)
    assert card.text.startswith("代 张三：\n") and "17-1" in card.text and "签收" in card.labels
    assert "17-1" not in read_by(town, ZHANG)
    await town.says(ZHANG, "我回来了")
    assert "李四不再代您" in town.text(ZHANG) and "现在有 1 项" in town.text(ZHANG)
    assert card.text == "张三已回来，这件事由本人办理。" and not card.labels
    assert "您代张三的委托已结束" in town.text(LI)
    await town.says(LI, "17-1")
    assert "没有找到" in town.text(LI)
    await town.presses(ZHANG, "今日待办")
    assert "签收" in town.last(ZHANG).labels
    check_log(town)


async def test_the_card_on_the_phone_of_who_is_away_still_works(settle_in):
    town = settled(settle_in)
    await raises(town)
    old = town.last(ZHANG)
    await delegates(town, "李四 到我回来")
    await town.says(LI, "17-1")
    await town.presses(ZHANG, "签收", message=old)
    assert matter(town).state is MatterState.HANDLING
    assert any("张三 签收事项 17-1" in line for line in log(town))
    await town.presses(LI, "签收")
    assert "张三" in town.text(LI) and "签收" not in town.last(LI).labels  # what happened meanwhile
    await town.presses(LI, "反馈")
    await town.says(LI, "材料已收")
    assert any("李四（代张三） 反馈事项 17-1" in line for line in log(town))


async def test_what_was_put_into_the_bundle_at_night_goes_back_before_it_is_told(settle_in):
    town = settled(settle_in, "2026-09-28 19:00")
    await delegates(town, "李四 到我回来")
    await raises(town)
    [item] = [row for row in rows(town, NudgeRow) if row.matter]
    assert (item.person, item.acting_for) == (town.people[LI], town.people[ZHANG])
    await town.says(ZHANG, "结束委托")
    await town.walk("2026-09-29 10:00")
    assert "17-1" in town.text(ZHANG) and "17-1" not in read_by(town, LI)


async def test_reports_are_asked_of_the_deputy_and_typed_by_them(settle_in):
    town = settled(settle_in, "2026-11-24 08:00", as_of=date(2026, 10, 25))
    await delegates(town, "李四 11-24到11-27")
    await town.walk("2026-11-25 18:00", minutes=60)
    assert "（代 张三）" in town.text(LI) and "填报" in town.text(LI)
    assert "填报" not in read_by(town, ZHANG)
    await town.says(LI, "65% 累计8800万")
    assert "请确认" in town.text(LI)
    await town.presses(LI, "确认")
    [report] = rows(town, Report)
    assert (report.person, report.progress) == (town.people[LI], 65)
    assert any("李四（代张三）" in line and "65%" in line for line in log(town))
    check_log(town)


# --- refusing, ending ---------------------------------------------------------------------------------------------------------


async def test_a_deputy_who_refuses(settle_in):
    town = settled(settle_in)
    await delegates(town, "李四 本周 出差")
    await town.presses(LI, "不接受")
    assert "已告知张三" in town.text(LI)
    for who in (ZHANG, CHIEF):
        assert "李四不接受代张三" in town.text(who)
    assert [row.ended for row in rows(town)] == ["refused"]
    await raises(town)
    assert "17-1" in town.text(ZHANG) and "17-1" not in read_by(town, LI)
    await town.says(ZHANG, "我回来了")
    assert "没有委托别人" in town.text(ZHANG)


async def test_what_was_to_come_is_taken_back(settle_in):
    town = settled(settle_in)
    await delegates(town, "李四 10-08到10-10")
    await town.says(ZHANG, "委托")
    assert "李四将代您" in town.text(ZHANG) and town.last(ZHANG).labels == ["结束委托", "再委托"]
    await town.presses(ZHANG, "结束委托")
    assert "将来的委托已取消" in town.text(ZHANG)
    assert town.last(LI).text.startswith("您代张三的委托已结束")


async def test_an_administrator_for_somebody_who_is_ill(settle_in):
    town = settled(settle_in)
    await town.says(CHIEF, "委托 张三 李四 到我回来 住院")
    assert "李四代张三" in town.text(CHIEF)
    await town.presses(CHIEF, "确认")
    assert "由管理员老赵办理" in town.text(LI) and "管理员老赵已替您办理委托" in town.text(ZHANG)
    [row] = rows(town)
    assert (row.person, row.deputy, row.made_by) == (town.people[ZHANG], town.people[LI], town.people[CHIEF])
    with town.store.read() as session:
        made = [
            one for one in dispatch_log.entries(session, town.app.house.sealer) if one.row.kind == "delegation.made"
        ]
    assert [(one.row.person, one.facts["person"]) for one in made] == [(town.people[CHIEF], town.people[ZHANG])]


async def test_nobody_else_may_delegate_for_others(settle_in):
    town = settled(settle_in)
    await town.says(WANG, "委托 张三 李四 本周")
    assert "没有找到" in town.text(WANG) and rows(town) == []


# --- circles and chains -------------------------------------------------------------------------------------------------------


async def test_never_in_a_circle_of_two(settle_in):
    town = settled(settle_in)
    await delegates(town, "李四 10-08到10-14")
    await town.says(LI, "委托 张三 10-12到10-16")
    assert "张三那时正委托李四，互相委托" in town.text(LI)
    await delegates(town, "张三 10-15到10-16", LI)  # after 张三 is back
    assert len(rows(town)) == 2


async def test_nor_of_three_not_even_on_a_single_day_to_come(settle_in):
    town = settled(settle_in)
    await delegates(town, "李四 10-08到10-14")
    await delegates(town, "王五 10-14到10-20", LI)
    await town.says(WANG, "委托 张三 09-29到10-30")
    assert "张三→李四→王五" in town.text(WANG) and len(rows(town)) == 2
    await town.says(WANG, "张三 10-15到10-30")
    assert "请确认" in town.text(WANG)


async def test_a_circle_that_came_about_while_the_card_was_open(settle_in):
    town = settled(settle_in)
    await town.says(ZHANG, "委托 李四 本周")
    await delegates(town, "张三 本周", LI)
    await town.presses(ZHANG, "确认")
    assert "互相委托" in read_by(town, ZHANG) and len(rows(town)) == 1


async def test_not_twice_at_a_time(settle_in):
    town = settled(settle_in)
    await delegates(town, "李四 10-08到10-14")
    await town.says(ZHANG, "委托 王五 10-14")
    assert "这段时间您已委托李四" in town.text(ZHANG)


async def test_a_chain_leads_to_who_is_present(settle_in):
    town = settled(settle_in)
    await delegates(town, "李四 到我回来")
    await delegates(town, "王五 到我回来", LI)
    await raises(town)
    assert town.text(WANG).startswith("代 张三：\n") and "17-1" not in read_by(town, LI)
    await town.presses(WANG, "签收")
    assert any("王五（代张三） 签收" in line for line in log(town))
    await town.says(LI, "我回来了")
    assert not town.last(WANG).labels or "签收" not in town.last(WANG).labels
    await town.says(LI, "今日待办")
    assert "17-1" in town.text(LI) and "代 张三" in town.text(LI)
    check_log(town)


async def test_who_stands_in_through_others_is_worked_out_for_each_day(settle_in):
    town = settled(settle_in)
    await delegates(town, "李四 09-28到10-20")
    await delegates(town, "王五 10-09到10-12", LI)

    def on(moment: str) -> tuple[str, list[str]]:
        from tests.town import at

        town.now = at(moment)
        names = {number: name for name, number in town.people.items()}
        return town.do(
            lambda desk: (
                names[desk.deputy_of(town.people[ZHANG])],
                sorted(names[one] for one in desk.acts_for(town.people[WANG])),
            )
        )

    assert on("2026-09-30 10:00") == (LI, [])
    assert on("2026-10-09 10:00") == (WANG, sorted([ZHANG, LI]))
    assert on("2026-10-13 10:00") == (LI, [])


# --- what does not go along ---------------------------------------------------------------------------------------------------


async def test_a_matter_that_the_deputy_raised_stays_with_who_must_answer_it(settle_in):
    town = settled(settle_in)
    town.do(lambda desk: deputies.begin(desk, town.people[ZHANG], town.people[SUN], desk.today, None))
    await raises(town)
    assert "17-1" in town.text(ZHANG) and not town.text(ZHANG).startswith("代")
    assert "签收" not in town.last(SUN).labels
    await town.says(SUN, "17-1")
    assert "签收" not in town.last(SUN).labels and "办结" not in town.last(SUN).labels
    await town.presses(ZHANG, "签收")
    assert matter(town).state is MatterState.HANDLING


async def test_administering_does_not_go_along_and_what_is_told_to_administrators_stays(settle_in):
    town = settled(settle_in)
    await delegates(town, "李四 到我回来", CHIEF)
    await town.says(LI, "停用")
    assert "是管理员用的词" in town.text(LI)
    await town.says(ZHANG, "减负建议 提醒太早")
    await town.walk("2026-09-29 10:00")
    assert "提醒太早" in read_by(town, CHIEF) and "提醒太早" not in read_by(town, LI)


async def test_a_dispatcher_who_stands_in_for_another_is_told_once(settle_in):
    town = settled(settle_in)
    town.person("调度老高", posts=[Post.DISPATCHER])
    await delegates(town, "调度老高 到我回来", "调度小林")
    await raises(town)
    await town.presses(ZHANG, "申请改派")
    await town.says(ZHANG, "不归我局管")
    assert sum("不归我局管" in shown.text for shown in town.messages("调度老高")) == 1
    assert "不归我局管" not in read_by(town, "调度小林")
    check_log(town)


async def test_who_leaves_stands_in_no_longer(settle_in):
    town = settled(settle_in)
    await delegates(town, "李四 到我回来")
    await raises(town)
    await town.says(CHIEF, "停用 李四")
    await town.presses(CHIEF, "确认")
    assert [row.ended for row in rows(town)] == ["left"]
    await town.walk("2026-09-29 10:00")
    assert "因人员停用结束" in town.text(ZHANG)


async def test_refused_where_it_is_made_in_code(settle_in):
    town = settled(settle_in)
    with pytest.raises(Refused, match=r"delegation\.self"):
        town.do(lambda desk: deputies.begin(desk, town.people[ZHANG], town.people[ZHANG], desk.today, None))


async def test_a_service_that_was_down_over_the_end_tells_it_once(settle_in):
    town = settled(settle_in)
    await delegates(town, "李四 09-28到09-30")
    town.reopen()
    await town.sleep_until("2026-10-09 09:30")
    await town.sleep_until("2026-10-10 09:30")
    assert sum("到期结束" in shown.text for shown in town.messages(ZHANG)) == 1
    assert sum("到期结束" in shown.text for shown in town.messages(LI)) == 1


async def test_before_eight_in_the_morning_it_is_that_day_already(settle_in):
    """The store's times are UTC, where it is still the day before."""
    town = settled(settle_in, "2026-09-28 20:00")
    await delegates(town, "李四 09-29")
    await town.walk("2026-09-29 06:30")

    def at_once(desk):
        card = Card("急件", ((desk.button("show", "matter.show", matter=1),),))
        desk.say(MessageClass.URGENT, card, person=town.people[ZHANG], projects=[1])

    town.do(at_once)
    await town.settle()
    assert town.text(LI) == "代 张三：\n急件"
