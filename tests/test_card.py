"""The confirm card never surprises: all that was read is on it, each line can be put right, and nothing is silently marked."""

from sqlmodel import select

from bot.rules.words import Role
from storage import dispatch_log, reports
from storage.tables import Milestone, Project, Report
from tests.town import at

WANG = "王科长"


def site(town, **values):
    if WANG not in town.people:
        town.person(WANG)
    return town.project(
        values.pop("name", "智诚慧家标准车间"), {Role.REPORTER: WANG}, plan=dict.fromkeys(range(1, 13), 1000),
        milestones=values.pop("milestones", [("基础完成", "2026-08-30"), ("主体封顶", "2026-11-27")]), **values,
    )  # fmt: skip


def known(town, project):
    with town.store.read() as session:
        return session.get(Project, project)


def told(town):
    with town.store.read() as session:
        return session.exec(select(Report).order_by(Report.id)).all()


def done(town):
    with town.store.read() as session:
        return [row.name for row in session.exec(select(Milestone).order_by(Milestone.id)) if row.done_on]


def check_log(town):
    with town.store.read() as session:
        assert dispatch_log.verify(session, town.app.house.sealer).good
        verdict = dispatch_log.verify_rows(session, town.app.house.sealer)
        assert verdict.good, verdict


async def test_everything_that_was_read_stands_on_the_card_with_what_follows_from_it(settle_in):
    town = settle_in("2026-11-24 17:00")
    site(town, invested_before=20_000_000, total=400_000_000)
    town.now = at("2026-10-24 17:00")
    await town.says(WANG, "60% 今年以来8000万")
    await town.presses(WANG, "确认")
    town.now = at("2026-11-24 17:00")
    await town.says(WANG, "65% 今年以来8500万，桩基完成，砌体施工过半，12月底前竣工，供地手续卡了两周，那个事再议")
    card = town.text(WANG)
    for line in (
        "形象进度 65%（上次 60%）+5 个百分点", "今年以来 8,500 万元（上次 8,000 万元）+500 万元", "占年计划 70.8%（序时 90%） · 本月 500 万元",
        "开工以来 1.05 亿元 · 占总投资 26.3%", "桩基已完成 · 砌体在做 50%", "“12月底前”→ 12-31", "困难（用地）：“供地手续卡了两周”", "没看懂：“那个事再议”",
    ):  # fmt: skip
        assert line in card, (line, card)
    assert max(map(len, card.splitlines())) <= 60
    await town.presses(WANG, "确认")
    check_log(town)


async def test_a_line_is_changed_by_a_tap_and_the_rest_stays(settle_in):
    town = settle_in("2026-11-24 17:00")
    project = site(town)
    await town.says(WANG, "65% 累计8000万 主体封顶已完成")
    await town.presses(WANG, "修改")
    assert "1 形象进度：65%" in town.text(WANG) and town.last(WANG).labels == ["1", "2", "3", "返回"]
    await town.presses(WANG, "1")
    assert "改成多少" in town.text(WANG) and "投资" not in town.text(WANG).splitlines()[1]
    await town.says(WANG, "70")
    assert (
        "形象进度 70%" in town.text(WANG)
        and "8,000 万元" in town.text(WANG)
        and "“主体封顶”→ 已完成" in town.text(WANG)
    )
    await town.presses(WANG, "修改")
    await town.presses(WANG, "2")
    await town.presses(WANG, "去掉")
    assert "今年以来" not in town.text(WANG) and "70%" in town.text(WANG)
    await town.presses(WANG, "修改")
    await town.presses(WANG, "3")
    assert "1 主体封顶 → 已完成" in town.text(WANG)
    await town.presses(WANG, "2")
    await town.presses(WANG, "修改")
    await town.presses(WANG, "返回")
    await town.presses(WANG, "确认")
    [report] = told(town)
    assert (report.progress, report.invested_year) == (70, None) and done(town) == ["基础完成", "主体封顶"]
    assert known(town, project).progress == 70
    check_log(town)


async def test_words_put_the_card_right_and_are_no_report_of_another_project(settle_in):
    town = settle_in("2026-11-24 17:00")
    site(town)
    site(town, name="基础设施提升改造", milestones=[])
    await town.says(WANG, "智诚慧家 65% 累计8000万 主体封顶已完成")
    for words, line in (
        ("改成七成", "形象进度 70%"), ("进度改为66", "形象进度 66%"), ("投资8300万", "今年以来 8,300 万元"),
        ("不是主体封顶，是基础完成", "节点“基础完成”→ 已完成"), ("不是66%，是67%", "形象进度 67%"),
    ):  # fmt: skip
        await town.says(WANG, words)
        assert town.text(WANG).startswith("【请确认】智诚慧家标准车间") and line in town.text(WANG), (
            words,
            town.text(WANG),
        )
    assert "→ 已完成" in town.text(WANG) and "主体封顶”→" not in town.text(WANG)
    await town.says(WANG, "不对")
    assert "哪一项不对" in town.text(WANG)
    await town.says(WANG, "投资不对")
    assert "投资改成多少" in town.text(WANG)
    await town.says(WANG, "那个数")
    assert "没看懂“那个数”" in town.text(WANG)
    await town.says(WANG, "累计8400万")
    assert "8,400 万元" in town.text(WANG) and "67%" in town.text(WANG)
    await town.presses(WANG, "确认")
    [report] = told(town)
    assert (report.progress, report.invested_year) == (67, 84_000_000) and done(town) == ["基础完成"]
    assert report.words.splitlines()[1] == "改成七成"
    check_log(town)


async def test_a_milestone_by_another_name_is_offered_and_marked_by_a_tap_alone(settle_in):
    town = settle_in("2026-11-24 17:00")
    site(town, milestones=[("厂房主体结构封顶", "2026-11-27"), ("竣工验收", "2026-12-30")])
    await town.says(WANG, "65%，封顶了")
    assert "说的是不是节点“厂房主体结构封顶”完成" in town.text(WANG) and "→ 已完成" not in town.text(WANG)
    assert town.last(WANG).labels == ["确认", "修改", "取消", "是该节点"]
    await town.presses(WANG, "确认")
    assert done(town) == []
    await town.says(WANG, "66%，封顶了")
    await town.presses(WANG, "是该节点")
    assert "节点“厂房主体结构封顶”→ 已完成" in town.text(WANG)
    await town.presses(WANG, "确认")
    assert done(town) == ["厂房主体结构封顶"]
    check_log(town)


async def test_several_projects_in_one_message_come_one_after_the_other_across_a_restart(settle_in):
    town = settle_in("2026-11-24 17:00")
    first, second = site(town), site(town, name="北辰机电二期厂房", milestones=[])
    site(town, name="北辰花园", milestones=[])
    await town.says(WANG, "智诚 65%，北辰机电 40% 累计8000万，国辰 33%")
    assert "“国辰 33%”说的不像是由您填报的项目" in town.messages(WANG)[-2].text
    assert town.text(WANG).startswith("【请确认】智诚慧家标准车间（1/2）") and "65%" in town.text(WANG)
    await town.says(WANG, "改成66%")
    assert town.text(WANG).startswith("【请确认】智诚慧家标准车间（1/2）")
    town.reopen()
    await town.presses(WANG, "确认")
    assert town.text(WANG).startswith("【请确认】北辰机电二期厂房（2/2）") and "40%" in town.text(WANG)
    await town.presses(WANG, "确认")
    assert (known(town, first).progress, known(town, second).progress) == (66, 40)
    assert known(town, second).invested_year == 80_000_000 and "已记下“北辰机电" in town.text(WANG)
    await town.says(WANG, "智诚67%，北辰41%")
    await town.presses(WANG, "取消")
    assert "“北辰41%”是哪个项目的" in town.text(WANG)
    await town.says(WANG, "北辰花园")
    assert town.text(WANG).startswith("【请确认】北辰花园（2/2）") and "41%" in town.text(WANG)
    await town.presses(WANG, "确认")
    assert known(town, first).progress == 66
    check_log(town)


async def test_whoever_moves_on_to_another_project_loses_nothing(settle_in):
    town = settle_in("2026-11-24 17:00")
    site(town)
    site(town, name="北辰机电二期厂房", milestones=[])
    await town.says(WANG, "智诚慧家 65% 累计8000万")
    await town.says(WANG, "北辰机电二期厂房 40%")
    assert town.text(WANG).startswith("【请确认】北辰机电二期厂房（1/2）")
    await town.presses(WANG, "确认")
    assert town.text(WANG).startswith("【请确认】智诚慧家标准车间（2/2）")
    assert "65%" in town.text(WANG) and "8,000 万元" in town.text(WANG)
    await town.presses(WANG, "确认")
    assert [(row.progress, row.invested_year) for row in told(town)] == [(40, None), (65, 80_000_000)]
    check_log(town)


async def test_figures_of_a_project_somebody_else_reports_are_asked_about(settle_in):
    town = settle_in("2026-11-24 17:00")
    site(town)
    town.person("李科长")
    town.project("北辰机电二期厂房", {Role.REPORTER: "李科长"}, number=18)
    await town.says(WANG, "北辰机电 40%")
    assert "这是哪个项目的" in town.text(WANG) and "北辰" not in town.text(WANG)
    assert told(town) == []


async def test_a_draft_that_nobody_confirmed_gives_back_the_words_of_every_card(settle_in):
    town = settle_in("2026-11-24 17:00")
    site(town)
    site(town, name="北辰机电二期厂房", milestones=[])
    await town.says(WANG, "智诚 65%，北辰机电 40%")
    await town.walk("2026-11-25 17:30", minutes=30)
    given = next(shown.text for shown in town.messages(WANG) if "已失效" in shown.text)
    assert "智诚 65%" in given and "北辰机电 40%" in given


async def test_a_voice_that_was_put_into_words_says_so(settle_in):
    town = settle_in("2026-11-24 17:00")
    project = site(town)
    await town.comes_in(
        person=WANG, name=WANG, chat=WANG, text="进度百分之六十五，累计八千万", facts={"transcribed": True}
    )
    assert "语音转写" in town.text(WANG) and "65%" in town.text(WANG)
    await town.presses(WANG, "确认")
    with town.store.read() as session:
        [report] = reports.of_project(session, project)
    assert report.words == "（语音转写）进度百分之六十五，累计八千万"
    check_log(town)


async def test_a_voice_nobody_put_into_words_is_kept_and_one_sentence_asked_for(settle_in):
    town = settle_in("2026-11-24 17:00")
    site(town)
    await town.sends_file(WANG, b"a voice", kind="voice")
    assert "我还听不了语音" in town.text(WANG) and len(town.messages(WANG)) == 1
    await town.says(WANG, "65%")
    assert "照片、文件 1 个" in town.text(WANG)
    await town.presses(WANG, "确认")
    assert [row.progress for row in told(town)] == [65]
    check_log(town)
