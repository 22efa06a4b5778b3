"""The dispatch log as people read it, and its daily anchor."""

import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.rules.words import Level, Post, Role
from bot.texts import HOME, LOCALES
from handlers import log
from storage import dispatch_log
from storage.tables import Assignment, NudgeRow, PersonKey, Project

LI, WANG, ZHAO, QIAN, CHEN = "调度小李", "王科长", "管理员老赵", "审计老钱", "业主陈总"
EVEN = dict.fromkeys(range(1, 13), 1000)


def site(town):
    town.unit("长泉区", None)
    town.person(LI, posts=[Post.DISPATCHER])
    town.person(ZHAO, posts=[Post.ADMINISTRATOR])
    town.person(QIAN, posts=[Post.AUDITOR])
    town.person(WANG, "区住建局")
    town.person(CHEN, "区住建局")
    roles = {Role.REPORTER: WANG, Role.OWNER_CONTACT: CHEN}
    town.project("智诚慧家标准车间", roles, number=17, plan=EVEN, milestones=[("主体封顶", "2026-12-10")])
    town.project("北辰机电二期", {Role.REPORTER: LI}, number=3, plan=EVEN)
    return town


async def reported(town, who, words):
    await town.says(who, words)
    await town.presses(who, "确认")


def read(town, project=1, limit=20, locale=""):
    """Every line that `diaodu log show` would print."""

    def job(desk):
        return log.worded_entries(desk, project, limit, locale)

    return town.do(job)


async def test_who_said_what_when_and_by_which_message(settle_in):
    town = site(settle_in("2026-11-24 15:20"))
    await reported(town, WANG, "65% 累计1.1亿 主体**封顶**已完成")
    await town.says(LI, "日志 17")
    page = town.text(LI)
    assert page.startswith("【日志】17 智诚慧家标准车间")
    line = next(part for part in page.split("\n\n") if WANG in part)
    assert re.match(r"#\d+ 11-24 15:20 王科长 本人填报：65%，今年投资 1.10 亿元", line)
    assert "“65% 累计1.1亿 主体**封顶**已完成”" in line and "消息" in line and "phone" in line
    assert "系统 新增项目" in page
    assert town.last(LI).labels == ["项目"]
    await town.presses(LI, "项目")
    assert "17 智诚慧家标准车间" in town.text(LI) and "日志" in town.last(LI).labels


async def test_newest_first_page_by_page(settle_in):
    town = site(settle_in("2026-11-24 15:20"))
    for at in range(8):
        await reported(town, WANG, f"{60 + at}%")
    await town.says(LI, "日志 智诚慧家标准车间")
    first = town.text(LI)
    assert "67%" in first and "61%" not in first and "更多" in town.last(LI).labels
    await town.presses(LI, "更多")
    second = town.text(LI)
    assert "61%" in second and "67%" not in second
    numbers = [int(number) for number in re.findall(r"#(\d+)", first + second)]
    assert numbers == sorted(numbers, reverse=True) and len(set(numbers)) == len(numbers)


async def test_the_button_on_the_projects_card(settle_in):
    town = site(settle_in("2026-11-24 15:20"))
    await town.says(WANG, "#17")
    await town.presses(WANG, "日志")
    assert "【日志】17" in town.text(WANG)


async def test_without_a_number_the_projects_whose_log_may_be_read(settle_in):
    town = site(settle_in("2026-11-24 15:20"))
    await town.says(LI, "/log")
    assert "看哪个项目的日志" in town.text(LI) and town.last(LI).labels == ["1", "2"]
    await town.presses(LI, "1")
    assert "【日志】" in town.text(LI)
    await town.says(WANG, "日志")
    assert "【日志】17" in town.text(WANG), "of one project only, it is shown at once"


async def test_an_auditor_reads_any_log_and_nothing_else(settle_in):
    town = site(settle_in("2026-11-24 15:20"))
    await reported(town, WANG, "65%")
    await town.says(QIAN, "日志 17")
    assert "65%" in town.text(QIAN) and not town.last(QIAN).labels
    await town.says(QIAN, "日志")
    assert town.last(QIAN).labels == ["1", "2"]
    for words in ("项目", "#17", "智诚慧家标准车间", "总览", "调度台", "17-1"):
        await town.says(QIAN, words)
        assert "智诚" not in town.text(QIAN).replace("智诚慧家标准车间”", "") and "65%" not in town.text(QIAN)


async def test_who_may_not_read_learns_nothing(settle_in):
    town = site(settle_in("2026-11-24 15:20"))
    answers = []
    for words in ("日志 17", "日志 3", "日志 99"):
        await town.says(CHEN, words)
        answers.append(re.sub(r"\d+", "", town.text(CHEN)))
    assert set(answers) == {answers[0]}
    await town.says(WANG, "日志 3")
    assert "没有找到" in town.text(WANG)


async def test_that_the_raiser_is_not_content_is_between_them_and_the_office(settle_in):
    town = site(settle_in("2026-11-24 15:20"))
    town.do(lambda desk: desk.note("matter.disputed", project=1, facts={"silent": False}, words={"words": "还没通电"}))
    for who, told in ((LI, True), (QIAN, True), (ZHAO, True), (WANG, False)):
        await town.says(who, "日志 17")
        assert ("还没通电" in town.text(who)) is told


async def test_an_unknown_kind_and_missing_facts_are_told_in_general_words(settle_in):
    town = site(settle_in("2026-11-24 15:20"))
    town.do(lambda desk: desk.note("dream.dreamt", project=1, facts={"sheep": 3}))
    town.do(lambda desk: desk.note("report.reviewed", project=1, facts={}))
    town.do(lambda desk: desk.note("matter.answered", project=1, facts={"matter": 1}))
    lines = read(town)
    assert "其他记录（dream.dreamt）：sheep 3" in lines[2]
    assert "report.reviewed" in lines[1] and "matter.answered" in lines[0]


@pytest.mark.parametrize("locale", LOCALES)
async def test_every_kind_that_is_noted_of_a_project_has_words(settle_in, locale):
    """A life of one project, without one line in general words."""
    town = site(settle_in("2026-11-24 15:20"))
    town.person("李主任", "区自然资源局", posts=[Post.INTAKE, Post.HEAD])
    await reported(town, WANG, "65% 累计1.1亿")
    await town.says(LI, "#17")
    await town.presses(LI, "代填")
    await town.presses(LI, CHEN)
    await reported(town, LI, "66%")
    await town.says(WANG, "反映问题 缺用地指标")
    for label in ("1", "用地", "一般", "提交"):
        if label in town.last(WANG).labels:
            await town.presses(WANG, label)
    await town.says(LI, "#17")
    await town.presses(LI, "暂停")
    await town.says(LI, "12月15日")
    await town.says(LI, "冬季停工")
    await town.says(LI, "#17")
    await town.presses(LI, "恢复")
    town.do(
        lambda desk: desk.note(
            "report.chased", project=1, person=town.people[LI], facts={"to": town.people[WANG], "period": "2026-11"}
        )
    )
    lines = read(town, 1, 50, locale)
    assert len(lines) >= 7
    general = {"zh_CN": "其他记录", "en": "other entry"}[locale]
    assert not [line for line in lines if general in line]
    if locale == "zh_CN":
        assert any("代填（代业主陈总）：66%" in line for line in lines)
        assert any("暂停，至 12-15 “冬季停工”" in line for line in lines)
        assert len([line for line in lines if "冬季停工" in line]) == 1, (
            "quoted where it was said, not wherever the row went"
        )


def test_every_kind_in_the_code_that_concerns_a_project_has_words():
    kinds = set()
    for path in Path("handlers").glob("*.py"):
        source = path.read_text("utf-8")
        kinds |= set(re.findall(r'\bnote\(\s*"([a-z_.]+)",\s*project=', source))
        kinds |= {f"matter.{what}" for what in re.findall(r'\brecord\((?:desk|turn), matter, "([a-z_]+)"', source)}
    assert {"report.received", "light.changed", "matter.raised", "matter.climbed"} <= kinds
    blocks = set(re.findall(r"block ([a-z_]+) ", (HOME / "zh_CN" / "log.j2").read_text("utf-8")))
    assert {kind.replace(".", "_") for kind in kinds} - blocks == set()


async def test_erased_words_are_said_to_be_erased(settle_in):
    town = site(settle_in("2026-11-24 15:20"))
    await reported(town, WANG, "65%")

    def erase(desk):
        desk.session.delete(desk.session.get(PersonKey, town.people[WANG]))
        desk.house.sealer.forget(town.people[WANG])

    town.do(erase)
    line = next(line for line in read(town) if WANG in line)
    assert "原话已按规定删除" in line and "“65%”" not in line and "本人填报：65%" in line


# --- the anchor -----------------------------------------------------------------------------------------------------------


def anchors_told(town):
    """(person, day, text) of every anchor laid down for somebody."""
    with town.store.read() as session:
        rows = session.execute(
            sa.select(NudgeRow).where(NudgeRow.key.startswith("anchor:")).order_by(NudgeRow.id)
        ).scalars()
        return [(row.person, row.day.isoformat(), row.reason["text"]) for row in rows]


async def test_each_working_day_the_head_goes_to_administrator_and_auditor(settle_in):
    town = site(settle_in("2026-11-27 08:00"))
    await town.walk("2026-11-30 10:00")
    told = anchors_told(town)
    assert {(person, day) for person, day, _ in told} == {
        (town.people[who], day) for who in (ZHAO, QIAN) for day in ("2026-11-27", "2026-11-30")
    }
    with town.store.read() as session:
        kept = dispatch_log.anchors(session)
        assert [day.isoformat() for day, _, _ in kept] == ["2026-11-27", "2026-11-30"]
        for _, number, digest in kept:
            assert dispatch_log.verify(session, town.app.house.sealer, (number, digest)).good
            assert dispatch_log.verify(session, town.app.house.sealer, (number, digest[:16])).good
    _, number, digest = kept[-1]
    assert f"日志锚点 {number}:{digest[:16]}（" in told[-1][2], "as `diaodu log verify --anchor` takes it"
    assert "日志锚点" in town.text(QIAN)


async def test_an_anchor_of_another_log_is_found_out(settle_in):
    town = site(settle_in("2026-11-27 08:00"))
    await town.walk("2026-11-27 10:00")
    with town.store.read() as session:
        _, number, _digest = dispatch_log.anchors(session)[0]
        verdict = dispatch_log.verify(session, town.app.house.sealer, (number, "0" * 16))
        assert (verdict.problem, verdict.entry) == ("anchor", number)
        assert dispatch_log.verify(session, town.app.house.sealer, (10_000, "0" * 16)).problem == "anchor"


async def test_no_anchor_of_an_empty_log(settle_in):
    town = settle_in("2026-11-27 08:00")
    await town.app.look("anchor")
    with town.store.read() as session:
        assert dispatch_log.anchors(session) == []
        assert session.execute(sa.select(sa.func.count()).select_from(NudgeRow)).scalar_one() == 0


# --- the project's card -----------------------------------------------------------------------------------------------------


async def test_the_card_tells_each_what_is_theirs_to_know(settle_in):
    town = settle_in("2026-11-24 15:20")
    town.unit("长泉区", None)
    town.person("张区长", posts=[Post.LEADER], phone="13800000001")
    town.person("李主任", "区住建局", phone="13800000002")
    town.person(WANG, "区住建局", phone="13800000003")
    town.person(CHEN, "区住建局", phone="13800000004")
    roles = {
        Role.GENERAL_COORDINATOR: "张区长",
        Role.COORDINATOR: "李主任",
        Role.REPORTER: WANG,
        Role.OWNER_CONTACT: CHEN,
    }
    town.project(
        "智诚慧家标准车间",
        roles,
        number=17,
        plan=EVEN,
        milestones=[("主体封顶", "2026-11-10"), ("竣工", "2026-11-27")],
        total=500_000_000,
        level=Level.CITY,
    )
    await reported(town, WANG, "65% 累计8000万")
    await town.walk("2026-11-26 15:00", minutes=120)
    cards = {}
    for who in ("李主任", WANG, CHEN):
        await town.says(who, "#17")
        cards[who] = town.text(who)
    official, reporter, owner = cards["李主任"], cards[WANG], cards[CHEN]
    assert "红灯：节点“主体封顶”超期" in official and "低于序时" in official
    assert "形象进度 65% · 今年投资 8,000 万元（年计划 66.7%）" in official and "截至 11-24，2 天前" in official
    assert (
        "节点 2 个，已完成 0 个" in official
        and "主体封顶 11-10（超期 12 个工作日）" in official
        and "竣工 11-27（还有 1 个工作日）" in official
    )
    assert "总协调人 张区长 13800000001" in official and "总调度人 （空缺）" in official
    assert "红灯" in reporter and "张区长" in reporter and "1380000" not in reporter
    assert "灯" not in owner and "低于序时" not in owner and "空缺" not in owner and "1380000" not in owner
    assert "形象进度 65%" in owner


async def test_a_name_or_number_alone_shows_the_card_to_who_may_see_it(settle_in):
    town = site(settle_in("2026-11-24 15:20"))
    for words in ("#17", "＃17", "17号", "智诚慧家标准车间", "智诚慧家", "“智诚慧家标准车间”项目"):
        await town.says(LI, words)
        assert town.text(LI).startswith("17 智诚慧家标准车间"), words
    await town.says(WANG, "北辰机电二期")
    assert "3 北辰" not in town.text(WANG)
    await town.says(LI, "机电")
    assert town.text(LI).startswith("3 北辰机电二期")
    await town.says(LI, "今天天气不错")
    assert "没看懂" in town.text(LI)


async def test_my_projects_or_all_i_may_see(settle_in):
    town = site(settle_in("2026-11-24 15:20"))
    for at in range(7):
        town.project(f"道路 {at}", {Role.COORDINATOR: WANG}, number=50 + at, plan=EVEN)
    await town.says(WANG, "项目")
    assert "您的项目（第 1/2 页，共 8 个）" in town.text(WANG)
    await town.says(LI, "项目")
    assert "发“项目 全部”" in town.text(LI) and "北辰机电二期" in town.text(LI)
    await town.says(LI, "项目 全部")
    assert "共 9 个" in town.text(LI)
    await town.says(LI, "项目 17")
    assert town.text(LI).startswith("17 智诚慧家标准车间")
    await town.says(WANG, "项目 3")
    assert "没有找到" in town.text(WANG)
    await town.says(CHEN, "项目")
    assert "灯" not in town.text(CHEN)


async def test_a_project_handed_over_is_no_longer_shown(settle_in):
    town = site(settle_in("2026-11-24 15:20"))

    def ended(desk):
        row = desk.session.execute(sa.select(Assignment).where(Assignment.person == town.people[WANG])).scalar_one()
        row.until = desk.today.replace(day=23)
        desk.session.flush()
        desk.note("assignment.ended", project=1, facts={"person": row.person}, rows=[row])

    town.do(ended)
    await town.says(WANG, "#17")
    assert "智诚" not in town.text(WANG)
    await town.says(WANG, "项目")
    assert "没有您可以看的项目" in town.text(WANG)
    with town.store.read() as session:
        assert dispatch_log.verify_rows(session, town.app.house.sealer).good
        assert session.get(Project, 1) is not None
