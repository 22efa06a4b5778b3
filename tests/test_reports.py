"""Reporting, told as it happens on a phone."""

from datetime import date

import pytest
from sqlmodel import select

from bot.policy import Policy, read_policy
from bot.rules.words import Level, Post, Role
from storage import dispatch_log, reports
from storage.tables import Project, Report, StoredFile
from tests.town import at

WANG = "王科长"


def site(town):
    town.person(WANG)
    town.person("调度小李", posts=[Post.DISPATCHER])
    return town.project(
        "智诚慧家标准车间",
        {Role.REPORTER: WANG},
        number=17,
        plan=dict.fromkeys(range(1, 13), 1000),
        milestones=[("主体封顶", "2026-11-27")],
        invested_before=0,
    )


def check_log(town):
    with town.store.read() as session:
        assert dispatch_log.verify(session, town.app.house.sealer).good
        verdict = dispatch_log.verify_rows(session, town.app.house.sealer)
        assert verdict.good, verdict


async def test_one_sentence_old_beside_new_and_a_tap(settle_in):
    town = settle_in("2026-11-24 17:00")
    site(town)
    await town.says(WANG, "65% 累计1.2亿 主体封顶已完成")
    card = town.last(WANG)
    assert "65%" in card.text and "1.20 亿元" in card.text and "主体封顶" in card.text
    assert card.labels == ["确认", "修改", "取消"]
    await town.presses(WANG, "确认")
    assert "已记下" in town.text(WANG) and town.last(WANG).labels == ["撤回误发"]
    await town.says(WANG, "七成")
    assert "70%（上次 65%）" in town.text(WANG)


async def test_both_of_two_reports_stay_and_the_newest_counts(settle_in):
    town = settle_in("2026-11-24 17:00")
    project = site(town)
    for words in ("65% 累计8000万", "63% 累计7900万"):
        await town.says(WANG, words)
        if "7900" in words:
            assert "比上次少了 100 万元" in town.text(WANG)
        await town.presses(WANG, "照报" if "7900" in words else "确认")
    with town.store.read() as session:
        kept = reports.of_project(session, project)
        assert [(row.progress, row.invested_year) for row in kept] == [(63, 79_000_000), (65, 80_000_000)]
        assert session.get(Project, project).progress == 63
    check_log(town)


@pytest.mark.parametrize(
    ("words", "seen"),
    [
        ("七成", "70%"),
        ("本月完成1800万", "本月完成 1,800 万元"),
        ("形象进度百分之八十，主体封顶已完成", "80%"),
        ("累计投资八千万", "8,000 万元"),
        ("６５％", "65%"),
    ],
)
async def test_what_is_read(settle_in, words, seen):
    town = settle_in("2026-11-24 17:00")
    site(town)
    await town.says(WANG, words)
    assert seen in town.text(WANG) and "确认" in town.last(WANG).labels


async def test_unreadable_words_are_kept_and_asked_about_across_a_restart(settle_in):
    town = settle_in("2026-11-24 17:00")
    site(town)
    await town.says(WANG, "填报")
    await town.says(WANG, "那个事情差不多了吧")
    assert "那个事情差不多了吧" in town.text(WANG)
    town.reopen()
    await town.says(WANG, "65%")
    assert "65%" in town.text(WANG) and "那个事情差不多了吧" in town.text(WANG)
    await town.presses(WANG, "确认")
    with town.store.read() as session:
        assert session.exec(select(Report)).one().words == "那个事情差不多了吧\n65%"


async def test_words_before_the_project_are_not_typed_twice(settle_in):
    town = settle_in("2026-11-24 17:00")
    site(town)
    town.project("北辰机电二期厂房", {Role.REPORTER: WANG}, number=18, plan={11: 100})
    await town.says(WANG, "72%")
    assert "这是哪个项目的" in town.text(WANG)
    await town.says(WANG, "北辰机电")
    assert "72%" in town.text(WANG) and "北辰机电二期厂房" in town.text(WANG)
    await town.presses(WANG, "确认")
    await town.says(WANG, "智诚慧家 66%")
    assert "【请确认】智诚慧家标准车间" in town.text(WANG)
    await town.says(WANG, "北辰机电二期厂房 75%，桩基完成")
    assert "【请确认】北辰机电二期厂房" in town.text(WANG)


async def test_a_draft_expires_after_a_day_and_says_so(settle_in):
    town = settle_in("2026-11-24 17:00")
    site(town)
    await town.says(WANG, "65% 累计8000万")
    await town.walk("2026-11-25 17:30", minutes=30)
    told = [shown.text for shown in town.messages(WANG) if "已失效" in shown.text]
    assert len(told) == 1 and "65% 累计8000万" in told[0]
    await town.presses(WANG, "确认")
    assert "已经不在了" in town.messages(WANG)[0].text


async def test_cancelling_gives_the_words_back(settle_in):
    town = settle_in("2026-11-24 17:00")
    site(town)
    await town.says(WANG, "65% 累计8000万")
    await town.presses(WANG, "取消")
    assert "没有写入" in town.text(WANG) and "65% 累计8000万" in town.text(WANG)


async def test_on_plan_is_one_tap_and_counts_twice_running(settle_in):
    town = settle_in("2026-11-03 10:00")
    town.person(WANG)
    town.project(
        "达标项目",
        {Role.REPORTER: WANG},
        level=Level.CITY,
        plan={1: 100},
        invested_year=1_000_000,
        invested_as_of=date(2026, 10, 31),
        as_of=date(2026, 10, 31),
    )
    for day in ("2026-11-03 10:00", "2026-11-13 10:00"):
        town.now = at(day)
        await town.says(WANG, "填报")
        await town.presses(WANG, "按计划推进")
        assert "已记下“达标项目”：按计划推进" in town.text(WANG)
    town.now = at("2026-11-23 10:00")
    await town.says(WANG, "填报")
    assert "按计划推进" not in town.last(WANG).labels
    await town.says(WANG, "按计划推进")
    assert "已连续 2 次按计划推进" in town.text(WANG)
    await town.says(WANG, "66%")
    await town.presses(WANG, "确认")
    check_log(town)


async def test_a_project_behind_is_not_on_plan_by_a_tap(settle_in):
    town = settle_in("2026-11-03 10:00")
    town.person(WANG)
    town.project(
        "落后项目",
        {Role.REPORTER: WANG},
        plan=dict.fromkeys(range(1, 13), 1000),
        invested_year=10_000_000,
        invested_as_of=date(2026, 10, 31),
        as_of=date(2026, 10, 31),
    )
    await town.says(WANG, "按计划推进")
    assert "目前落后于计划" in town.text(WANG) and "低于序时" in town.text(WANG)


async def test_photos_belong_to_the_report(settle_in):
    town = settle_in("2026-11-24 17:00")
    project = site(town)
    await town.sends_file(WANG, b"photo one", album="a1")
    await town.sends_file(WANG, b"photo two", album="a1")
    assert len(town.messages(WANG)) == 1 and "收到" in town.text(WANG)
    await town.sends_file(WANG, b"photo one", caption="65%")
    assert "照片、文件 3 个" in town.text(WANG)
    await town.presses(WANG, "确认")
    with town.store.read() as session:
        files = session.exec(select(StoredFile)).all()
        assert {row.state for row in files} == {"stored"} and len({row.report for row in files}) == 1
        assert len({row.sha256 for row in files}) == 2
        assert reports.of_project(session, project)[0].id == files[0].report
    assert len([path for path in (town.settings.data_dir / "files").rglob("*") if path.is_file()]) == 2


async def test_only_what_is_mine_and_absent_looks_like_forbidden(settle_in):
    town = settle_in("2026-11-24 17:00")
    site(town)
    town.person("外人")
    await town.says("外人", "填报")
    assert "没有由您填报的项目" in town.text("外人")
    await town.says("外人", "65%")
    assert "智诚" not in "".join(shown.text for shown in town.messages("外人"))


async def test_the_owners_contact_reports_but_sees_no_light(settle_in):
    town = settle_in("2026-11-24 17:00")
    town.person("业主老孙")
    town.project("山东国辰", {Role.OWNER_CONTACT: "业主老孙"}, plan=dict.fromkeys(range(1, 13), 1000))
    await town.says("业主老孙", "35% 累计1000万")
    await town.presses("业主老孙", "确认")
    assert "已记下" in town.text("业主老孙") and "灯" not in town.text("业主老孙")


async def test_where_no_reporter_is_named_the_dispatch_official_reports(settle_in):
    town = settle_in("2026-11-24 17:00")
    town.person("调度责任人老周")
    town.project("山东润丰", {Role.DISPATCH_OFFICIAL: "调度责任人老周"}, plan={1: 100})
    await town.says("调度责任人老周", "88%")
    await town.presses("调度责任人老周", "确认")
    assert "已记下“山东润丰”" in town.text("调度责任人老周")


async def test_an_ambiguous_total_is_asked_about(settle_in):
    town = settle_in("2026-11-24 17:00")
    town.person(WANG)
    town.project(
        "续建项目",
        {Role.REPORTER: WANG},
        plan=dict.fromkeys(range(1, 13), 1000),
        invested_before=20_000_000,
        total=900_000_000,
    )
    await town.says(WANG, "累计1亿")
    assert town.last(WANG).labels[:2] == ["开工以来", "今年以来"]
    await town.presses(WANG, "开工以来")
    assert "今年以来 8,000 万元" in town.text(WANG) and "开工以来 1.00 亿元" in town.text(WANG)


async def test_a_unit_may_review_first(settle_in):
    policy = read_policy()
    policy = Policy(
        policy.file.model_copy(
            update={"report": policy.file.report.model_copy(update={"review_units": ("区工信局",)})}
        ),
        policy.text,
    )
    town = settle_in("2026-11-24 15:00", policy)
    town.person(WANG, "区工信局")
    town.person("分管局长", "区工信局", posts=[Post.DEPUTY_HEAD])
    project = town.project("审核项目", {Role.REPORTER: WANG}, lead="区工信局", plan=dict.fromkeys(range(1, 13), 1000))
    await town.says(WANG, "65%")
    await town.presses(WANG, "确认")
    assert "审核后生效" in town.text(WANG)
    assert "【请审核】审核项目" in town.text("分管局长")
    with town.store.read() as session:
        assert session.get(Project, project).progress is None
    await town.presses("分管局长", "不同意")
    await town.says("分管局长", "数字偏高，请核实")
    assert "被退回：数字偏高，请核实" in town.text(WANG)
    await town.says(WANG, "60%")
    await town.presses(WANG, "确认")
    await town.presses("分管局长", "同意")
    assert "已审核通过" in town.text(WANG)
    with town.store.read() as session:
        assert session.get(Project, project).progress == 60
    check_log(town)


async def test_what_stands_in_a_projects_name_is_no_work_done(settle_in):
    town = settle_in("2026-11-24 17:00")
    town.person(WANG)
    town.project("清河跨河大桥及二期道路工程", {Role.REPORTER: WANG}, plan={11: 100})
    await town.says(WANG, "清河跨河大桥 65%")
    assert "形象进度 65%" in town.text(WANG)


async def test_a_card_overtaken_by_later_words_writes_nothing(settle_in):
    town = settle_in("2026-11-24 17:00")
    project = site(town)
    town.project("北辰机电二期厂房", {Role.REPORTER: WANG}, number=18, plan={11: 100})
    await town.says(WANG, "智诚慧家标准车间 65%")
    first = town.last(WANG)
    await town.says(WANG, "66%")
    await town.presses(WANG, "确认", message=first)
    assert "没有写入" in first.text and "66%" in town.text(WANG)
    await town.says(WANG, "北辰机电二期厂房 70%")
    await town.presses(WANG, "确认")
    with town.store.read() as session:
        assert reports.of_project(session, project) == []
        assert [row.progress for row in session.exec(select(Report)).all()] == [70]
    check_log(town)


async def test_an_album_with_words_is_confirmed_once(settle_in):
    town = settle_in("2026-11-24 17:00")
    site(town)
    await town.sends_file(WANG, b"one", caption="65%", album="a")
    await town.sends_file(WANG, b"two", album="a")
    assert len(town.messages(WANG)) == 1
    await town.presses(WANG, "确认")
    await town.says(WANG, "66%")
    await town.sends_file(WANG, b"three")
    assert "照片、文件 1 个" in town.text(WANG) and "66%" in town.text(WANG)
    await town.presses(WANG, "确认")
    with town.store.read() as session:
        assert sorted(
            len([row for row in session.exec(select(StoredFile)).all() if row.report == number]) for number in (1, 2)
        ) == [1, 2]
