"""红绿灯 in chat: the light with its arithmetic and since when, beside the one an official declares; units; other rules compared."""

import json
from datetime import date

import pytest
from sqlmodel import select

from bot.policy import Policy, read_policy
from bot.rules.words import Light, Post, Role
from handlers import watching
from handlers.desk import Desk
from storage import dispatch_log, lights
from storage.tables import LightChange, LightDeclared, Project
from tests.town import Town, at

WANG, LI, SUN, CHIEF = "填报小王", "调度小李", "业主老孙", "协调老赵"
EVEN = dict.fromkeys(range(1, 13), 1000)


def policy_with(tmp_path, text: str) -> Policy:
    path = tmp_path / "own.toml"
    path.write_text(text, "utf-8")
    return read_policy(path)


def settled(settle_in, now: str = "2026-11-02 09:10", policy: Policy | None = None, **values) -> Town:
    town: Town = settle_in(now, policy) if policy else settle_in(now)
    town.person(WANG)
    town.person(SUN, "智诚公司")
    town.person(CHIEF)
    town.person(LI, posts=[Post.DISPATCHER])
    roles = {Role.REPORTER: WANG, Role.OWNER_CONTACT: SUN, Role.GENERAL_DISPATCHER: CHIEF}
    values = {"plan": EVEN, "invested_before": 0, "lead": "区工信局", **values}
    town.project("智诚慧家标准车间", roles, number=17, **values)
    return town


def kept(town: Town) -> list[tuple[str, str, str]]:
    with town.store.read() as session:
        rows = session.exec(select(LightChange).order_by(LightChange.id)).all()
    return [(row.day.isoformat(), row.was.value, row.light.value) for row in rows]


async def reports(town: Town, words: str) -> None:
    await town.says(WANG, words)
    await town.presses(WANG, "确认" if "确认" in town.last(WANG).labels else "照报")


async def test_each_change_is_kept_once(settle_in):
    """No figure of the year: yellow. On plan: green. The same figure again changes nothing. A wrong one put right: red, then green."""
    town = settled(settle_in)
    for day, wan in (("02", 10_000), ("03", 10_050), ("04", 6_000)):
        town.now = at(f"2026-11-{day} 09:30")
        await reports(town, f"60% 今年以来{wan}万元")
    assert kept(town) == [
        ("2026-11-02", "green", "yellow"),
        ("2026-11-02", "yellow", "green"),
        ("2026-11-04", "green", "red"),
    ]
    with town.store.read() as session:
        row = session.exec(select(LightChange).order_by(LightChange.id.desc())).first()
        assert row.reasons[0]["code"] == "behind_plan" and row.rule == "own"
        assert lights.since(session, [1]) == {1: date(2026, 11, 4)}
        assert dispatch_log.verify_rows(session, town.app.house.sealer).good


async def test_red_since_a_day_with_all_its_reasons(settle_in):
    town = settled(settle_in, milestones=[("主体封顶", "2026-10-30"), ("设备安装", "2026-12-20")])
    town.now = at("2026-11-03 09:30")
    await reports(town, "50% 今年以来5000万元")
    assert kept(town)[-1] == ("2026-11-03", "yellow", "red")
    await town.sleep_until("2026-11-24 09:30")
    await town.says(LI, "红绿灯 17")
    card = town.text(LI)
    for words in (
        "红灯（11-03起，21 天）",
        "· 累计投资为序时计划的 49.5%，低于序时 42.5 个百分点",
        "· 节点“主体封顶”超期 17 个工作日",
        "红灯 主体封顶：超期 17 个工作日",
        "绿灯 设备安装：还有 18 个工作日",
        "11-03 黄灯 → 红灯",
    ):
        assert words in card, (words, card)
    await town.says(LI, "项目 17")
    assert "红灯：节点“主体封顶”超期 17 个工作日；累计投资为序时计划的 49.5%" in town.text(
        LI
    ) and "11-03 起" in town.text(LI)


async def test_an_official_declares_a_light_and_says_why_it_is_better(settle_in):
    town = settled(settle_in, milestones=[("主体封顶", "2026-10-30")])
    assert kept(town)[-1][2] == "yellow"
    await town.says(CHIEF, "红绿灯 17")
    await town.presses(CHIEF, "自报绿灯")
    assert "比算出的好，请说一句原因" in town.text(CHIEF)
    town.reopen()
    await town.says(CHIEF, "好")
    assert "请说一句原因" in town.text(CHIEF)
    await town.says(CHIEF, "封顶已完成，验收单本周补")
    assert "自报 绿灯，与系统算出的 黄灯 并排列出" in town.text(CHIEF)
    await town.says(LI, "项目 17")
    assert "自报 绿灯" in town.text(LI) and "封顶已完成，验收单本周补" in town.text(LI) and "黄灯" in town.text(LI)
    await town.says(LI, "自报 17 红灯")
    assert "自报 红灯" in town.text(LI)
    with town.store.read() as session:
        assert lights.declared(session, [1])[1].light is Light.RED
        assert session.get(Project, 1).light is Light.YELLOW
        assert len(session.exec(select(LightDeclared)).all()) == 2
    await town.says(LI, "自报 17 撤回")
    await town.says(LI, "项目 17")
    assert "自报" not in town.text(LI)
    await town.says(LI, "日志 17")
    assert "自报 红灯（系统算出 黄灯）" in town.text(LI) and "撤回自报的灯" in town.text(LI)


async def test_who_sees_no_lights_declares_none(settle_in):
    town = settled(settle_in)
    town.person("外人")
    for who in (SUN, "外人"):
        for words in ("红绿灯 17", "自报 17 绿灯 都很好的"):
            await town.says(who, words)
            assert "低于" not in town.text(who) and "系统算出" not in town.text(who)
    with town.store.read() as session:
        assert session.exec(select(LightDeclared)).all() == []
    await town.says(WANG, "自报 17")
    assert "请这样发：自报 17 黄灯" in town.text(WANG)


async def test_units_by_their_projects_with_the_arithmetic(settle_in):
    town = settled(settle_in, milestones=[("主体封顶", "2026-09-01")])
    for number in (18, 19, 20, 21):
        town.project(f"住建项目{number}", {}, number=number, lead="区住建局")
    await town.says(LI, "红绿灯")
    assert "1 红灯 区工信局：1 个项目，红灯 1 个、黄灯 0 个，合占 100%" in town.text(LI)
    assert "2 绿灯 区住建局：4 个项目，红灯 0 个、黄灯 0 个，合占 0%" in town.text(LI)
    await town.presses(LI, "1")
    assert "智诚慧家标准车间" in town.text(LI) and "住建项目" not in town.text(LI)


async def test_a_preset_in_force_names_itself_everywhere(settle_in, tmp_path):
    town = settled(settle_in, policy=policy_with(tmp_path, '[light]\nuse = "武汉"\n'))
    town.now = at("2026-11-03 09:30")
    await reports(town, "50% 今年以来7900万元")
    await town.says(LI, "红绿灯 17")
    assert "红灯" not in town.text(LI).split("变化")[0] and "· 武汉口径" in town.text(LI)
    await town.says(LI, "项目 17")
    assert "武汉口径" in town.text(LI)
    await town.says(LI, "总览")
    assert "（武汉口径）" in town.text(LI)
    with town.store.read() as session:
        assert {row.rule for row in session.exec(select(LightChange))} == {"wuhan"}


async def test_missed_and_caught_up_stays_yellow_for_that_month(settle_in, tmp_path):
    """瓯海, from the reports of two months."""
    town = settled(settle_in, "2026-09-30 09:10", policy=policy_with(tmp_path, '[light]\nuse = "ouhai"\n'))
    for moment, wan, light in (
        ("2026-09-30 09:20", 9000, "green"), ("2026-10-12 09:20", 9100, "red"), ("2026-10-30 09:20", 10000, "yellow"),
        ("2026-11-16 09:20", 10600, "green"),
    ):  # fmt: skip
        town.now = at(moment)
        await reports(town, f"50% 今年以来{wan}万元")
        with town.store.read() as session:
            assert session.get(Project, 1).light.value == light, (moment, session.get(Project, 1).reasons)
    await town.says(LI, "红绿灯 17")
    assert "10月 黄灯" in town.text(LI), town.text(LI)


async def test_the_morning_keeps_what_time_alone_changes(settle_in):
    town = settled(settle_in, milestones=[("主体封顶", "2026-11-03")])
    await reports(town, "60% 今年以来10000万元")
    await town.walk("2026-11-05 09:30", minutes=120)
    assert kept(town)[-1] == ("2026-11-04", "green", "yellow")
    with town.store.read() as session:
        assert [reason["code"] for reason in session.get(Project, 1).reasons] == ["milestone_overdue"]


def test_rules_are_compared_and_nothing_is_written(settle_in):
    town = settled(
        settle_in, milestones=[("主体封顶", "2026-09-01")], invested_year=79_000_000, invested_as_of=date(2026, 10, 31)
    )

    def compare(desk: Desk):
        rule = desk.policy.light_rule("武汉")
        return [
            (row.number, now.light.value, under.light.value)
            for row, now, under in watching.by_rule(desk, rule, "wuhan")
        ]

    with town.store.read() as session:
        assert compare(Desk(session, town.now, town.app.house)) == [(17, "red", "yellow")]
    assert all(change[0] == "2026-11-02" for change in kept(town))


@pytest.mark.slow
def test_the_command_compares_as_table_and_as_json(tmp_path, monkeypatch, capsys):
    from typer.testing import CliRunner

    from bot.__main__ import cli

    monkeypatch.setenv("DIAODU_DATABASE_URL", f"sqlite:///{tmp_path / 'a.db'}")
    monkeypatch.setenv("DIAODU_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "160")
    runner = CliRunner()
    from bot import commands

    for cached in (commands.settings, commands.texts):
        cached.cache_clear()
    done = runner.invoke(cli, ["import", "tests/data/ledger_district.xlsx", "--yes"])
    assert done.exit_code == 0, done.output
    found = runner.invoke(cli, ["preview", "--lights", "--preset", "银川", "--at", "2023-10-10T09:00", "--json"])
    told = json.loads(found.stdout)
    assert told["preset"] == "银川" and len(told["projects"]) == 133
    assert sum(told["counts"]["preset"].values()) == 133
    changed = [row for row in told["projects"] if row["changed"]]
    assert changed and all(row["now"] != row["preset"] and row["why"] for row in changed)
    table = runner.invoke(cli, ["preview", "--lights", "--preset", "yinchuan", "--at", "2023-10-10T09:00"])
    assert "改用银川" in table.stdout and f"{len(changed)} 个项目不同" in table.stdout
    every = runner.invoke(cli, ["preview", "--lights", "--at", "2023-10-10T09:00", "--json"])
    assert [rule["name"] for rule in json.loads(every.stdout)["rules"]] == [
        "本地",
        "银川",
        "三亚",
        "武汉",
        "新晃",
        "瓯海",
        "江东",
        "施工",
    ]
    for cached in (commands.settings, commands.texts):
        cached.cache_clear()


async def test_what_an_import_turns_red_is_kept_too(settle_in):
    from bot.ledger import read_ledger
    from handlers import ledger as ledgers

    town: Town = settle_in("2026-11-24 16:00")
    town.do(lambda desk: ledgers.bring_in(desk, read_ledger("bot/data/ledger_demo.xlsx"), dry_run=False))
    with town.store.read() as session:
        red = [row.id for row in session.exec(select(Project).where(Project.light == Light.RED))]
        assert red and set(lights.since(session, red).values()) == {date(2026, 11, 24)}


async def test_a_list_of_projects_says_why_one_is_not_green(settle_in):
    town = settled(settle_in, milestones=[("主体封顶", "2026-09-01")])
    town.project("北辰机电二期", {Role.REPORTER: WANG, Role.OWNER_CONTACT: SUN}, number=18)
    await town.says(WANG, "项目")
    assert "节点“主体封顶”超期" in town.text(WANG)
    await town.says(SUN, "项目")
    assert "智诚慧家" in town.text(SUN) and "超期" not in town.text(SUN)
