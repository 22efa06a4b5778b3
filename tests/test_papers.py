"""文稿: composed, read and mended by the dispatcher, published to whom they choose, kept as published; pages, lines and forms."""

import io

import docx
import pytest
from sqlmodel import select

from bot.channels import Undeliverable, Unreachable
from bot.policy import PolicyError, read_policy
from bot.rules.words import Level, Post, Role
from storage import dispatch_log
from storage import papers as stored
from storage.tables import Paper
from tests.test_closing import NAME, corrects, reports
from tests.town import Town

pytestmark = pytest.mark.slow

WANG, LI, ZHOU = "填报小王", "调度小李", "周区长"


async def settled(settle_in, now: str = "2026-11-25 09:10") -> Town:
    town: Town = settle_in(now)
    town.person(WANG)
    town.person("任调度", title="科长")
    town.person(LI, posts=[Post.DISPATCHER])
    town.person(ZHOU, posts=[Post.LEADER])
    values = {
        "plan": dict.fromkeys(range(1, 13), 1000),
        "invested_before": 0,
        "total": 400_000_000,
        "milestones": [("主体封顶", "2026-12-20")],
    }
    roles = {Role.REPORTER: WANG, Role.DISPATCH_OFFICIAL: "任调度"}
    town.project(NAME, roles, number=17, level=Level.CITY, content="厂房 6 万平方米", **values)
    town.project("北辰机电二期", roles, number=18, **values)
    await reports(town, f"{NAME} 65%，今年以来完成投资1.1亿元")
    await reports(town, "北辰机电二期 30%，今年以来完成投资3000万元")
    return town


async def with_group(town: Town) -> None:
    from handlers.desk import Desk
    from storage import groups

    def bind(desk: Desk) -> None:
        groups.bind(desk.session, "phone", "工作群", "", "重点项目群", 1, None, desk.now)

    town.do(bind)


def files(town: Town, who: str) -> dict[str, bytes]:
    """ending -> the file of the newest message that has files."""
    shown = next(one for one in reversed(town.messages(who)) if one.card.files)
    pairs = [one.partition("|") for one in shown.card.files]
    return {name.rpartition(".")[2]: (town.settings.data_dir / place).read_bytes() for place, _, name in pairs}


def words(raw: bytes) -> str:
    paper = docx.Document(io.BytesIO(raw))
    tables = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(line.text for line in paper.paragraphs), *tables])


async def drafted(town: Town) -> None:
    await town.walk("2026-12-01 09:00", minutes=600)
    await town.says(LI, "通报 2026-11")
    assert "正在起草 2026年11月" in town.messages(LI)[-2].text and "【草稿】长泉区重点项目建设情况通报" in town.text(LI)


async def close_november(town: Town) -> None:
    await town.says(LI, "定稿 11月")
    await town.presses(LI, "定稿")


# --- the draft ------------------------------------------------------------------------------------------------------------


async def test_a_draft_is_read_and_mended_paragraph_by_paragraph_after_a_restart(settle_in):
    town = await settled(settle_in)
    await drafted(town)
    assert "1 截至2026年11月30日，在册重点项目2个：市级 1 个、区级 1 个" in town.text(
        LI
    ) and "总体进展（第 1/6 节）" in town.text(LI)
    assert town.last(LI).labels == ["下一节", "改一段", "看文件", "发布", "放弃"]
    await town.presses(LI, "下一节")
    town.reopen()
    await town.presses(LI, "下一节")
    assert "4 1. 北辰机电二期（长泉区）：占年度计划的25.0%，低于序时" in town.text(LI)
    await town.presses(LI, "改一段")
    await town.says(LI, "第 9999 段")
    assert "没有读懂" in town.text(LI)
    await town.says(LI, "4")
    assert "第 4 段现在是" in town.text(LI)
    town.reopen()
    await town.says(LI, "1. 北辰机电二期：受供地影响，<进展>较慢 & {{ 7*7 }}。")
    assert "<进展>较慢 & {{ 7*7 }}。（已改）" in town.text(LI)
    await town.presses(LI, "改一段")
    await town.says(LI, "4 后加 请自规局帮助。")
    assert "5 请自规局帮助。（已改）" in town.text(LI)
    await town.presses(LI, "改一段")
    await town.says(LI, "删 1")
    await town.presses(LI, "看文件")
    text = words(files(town, LI)["docx"])
    assert (
        "{{ 7*7 }}" in text
        and "请自规局帮助。" in text
        and "在册重点项目" not in text
        and files(town, LI)["pdf"][:5] == b"%PDF-"
    )
    await town.says(LI, "文稿")
    assert "草稿 1：月通报 2026年11月" in town.text(LI)
    await town.presses(LI, "草稿 1")
    await town.presses(LI, "放弃")
    assert "已放弃" in town.text(LI)


async def test_only_a_closed_period_is_published_and_what_was_edited_stays(settle_in):
    town = await settled(settle_in)
    await drafted(town)
    await town.presses(LI, "改一段")
    await town.says(LI, "3 改成 智诚慧家领跑。")
    await town.presses(LI, "发布")
    assert "还没有定稿" in town.text(LI)
    await corrects(town, "今年以来完成投资4000万元，算错了")
    await town.walk("2026-12-01 09:30")
    await close_november(town)
    await town.says(LI, "文稿")
    await town.presses(LI, "草稿 1")
    await town.presses(LI, "发布")
    assert "数字已按定稿更新" in town.text(LI) and "累计完成1.50亿元" in town.text(LI)
    await town.presses(LI, "下一节")
    assert "智诚慧家领跑。（已改）" in town.text(LI)
    await town.presses(LI, "发布")
    assert "没有绑定的群" in town.text(LI)


# --- published ------------------------------------------------------------------------------------------------------------


async def published(settle_in) -> Town:
    town = await settled(settle_in)
    await with_group(town)
    await town.walk("2026-12-01 09:00", minutes=600)
    await close_november(town)
    await town.says(LI, "通报 2026-11")
    await town.presses(LI, "发布")
    assert "1 ☑ 重点项目群" in town.text(LI)
    await town.says(LI, f"{ZHOU} 火星人")
    assert "没找到：火星人" in town.text(LI) and f"发给个人：{ZHOU}" in town.text(LI)
    town.reopen()
    await town.presses(LI, "确认发布")
    return town


async def test_it_goes_to_whom_they_chose_and_the_group_reads_no_name_beside_a_delay(settle_in):
    town = await published(settle_in)
    assert "【已发布】月通报 2026年11月：群 1 个，个人 1 位" in town.text(LI)
    assert "2 个项目，累计完成 1.40亿元" in town.text("工作群") and list(files(town, "工作群")) == ["pdf"]
    assert list(files(town, ZHOU)) == ["pdf"] and files(town, ZHOU)["pdf"] != files(town, "工作群")["pdf"]
    assert "长泉区（任调度）：北辰机电二期，2026年12月20日前完成“主体封顶”" in words(files(town, LI)["docx"])
    with town.store.read() as session:
        row = stored.published(session, [1])[0]
        from handlers import paper_words

        told = str(paper_words.for_groups(row.sections))
        assert "任调度" not in told and "北辰机电二期，2026年12月20日前完成" in told
        entry = next(dispatch_log.entries(session, town.app.house.sealer, kind="paper.published"))
        assert entry.facts["files"] == row.files and set(row.files) == {"docx", "pdf", "group"}


async def test_what_was_published_stays_and_the_next_one_notes_the_correction(settle_in):
    town = await published(settle_in)
    before = files(town, LI)
    await town.walk("2026-12-09 10:00", minutes=600)
    await corrects(town, "今年以来完成投资4000万元，算错了")
    town.reopen()
    await town.says(LI, "已发布")
    assert "1 月通报 2026年11月（12-01），此后更正 1 处" in town.text(LI)
    await town.presses(LI, "1")
    assert files(town, LI) == before
    await town.walk("2026-12-31 17:00", minutes=2000)
    await town.says(LI, "通报 2026-12")
    await town.presses(LI, "看文件")
    text = words(files(town, LI)["docx"])
    assert (
        "七、以前数字的更正" in text
        and "北辰机电二期（2026年11月）：12-09 后更正：累计投资 3,000 万元 → 4,000 万元" in text
    )


@pytest.mark.parametrize(
    ("error", "why"),
    [(Unreachable("kicked"), "机器人不在那个群里"), (Undeliverable("entity too large"), "聊天服务没有收下")],
)
async def test_who_published_it_is_told_which_group_did_not_get_it(settle_in, error, why):
    town = await settled(settle_in)
    await with_group(town)
    await town.walk("2026-12-01 09:00", minutes=600)
    await close_november(town)
    await town.says(LI, "通报 2026-11")
    await town.presses(LI, "发布")
    town.phones.trouble["工作群"] = [error]
    await town.presses(LI, "确认发布")
    [lost] = [shown.text for shown in town.messages(LI) if "没有发到“重点项目群”" in shown.text]
    assert why in lost and not any("通报" in shown.text for shown in town.messages("工作群"))


async def test_a_second_version_is_called_a_corrected_one(settle_in):
    town = await published(settle_in)
    await town.says(LI, "通报 2026-11")
    assert "通报（更正稿）" in town.text(LI)
    await town.presses(LI, "发布")
    await town.presses(LI, "确认发布")
    with town.store.read() as session:
        assert len(stored.published(session, [1])) == 2


async def test_a_paper_that_cannot_be_drawn_stays_a_draft(settle_in, monkeypatch):
    town = await settled(settle_in)
    await with_group(town)
    await town.walk("2026-12-01 09:00", minutes=600)
    await close_november(town)
    await drafted(town)
    await town.presses(LI, "发布")
    from handlers import bulletin

    def broken(*_):
        raise OSError("disk full")

    monkeypatch.setattr(bulletin, "put", broken)
    await town.presses(LI, "确认发布")
    assert "没有写成" in town.text(LI) and "通报" not in town.text("工作群")
    monkeypatch.undo()
    await town.says(LI, "文稿")
    await town.presses(LI, "草稿 1")
    await town.presses(LI, "发布")
    await town.presses(LI, "确认发布")
    assert "【已发布】" in town.text(LI)


async def test_who_may_read_and_who_may_write(settle_in):
    town = await published(settle_in)
    await town.says(ZHOU, "已发布")
    await town.presses(ZHOU, "1")
    assert set(files(town, ZHOU)) == {"docx", "pdf"}
    for word in ("文稿", "已发布", "本月未调度"):
        await town.says(WANG, word)
        assert "【" not in town.text(WANG) or "已发布" not in town.text(WANG)
    await town.says(ZHOU, "文稿")
    assert "草稿" not in town.text(ZHOU)


# --- 旬报, 一页纸, 一句话, 未调度 ------------------------------------------------------------------------------------------------


async def test_the_paper_of_ten_days_and_the_exports(settle_in):
    town = await settled(settle_in)
    await town.says(LI, "旬报 11月下旬")
    assert "【草稿】长泉区重点项目建设旬报（2026年11月下旬）" in town.text(LI)
    await town.says(LI, "旬报 2026-12-1")
    assert "不是一个已到的期次" in town.text(LI)
    await town.says(LI, "导出")
    await town.presses(LI, "旬报")
    text = words(files(town, LI)["docx"])
    assert "（2026年11月下旬）" in text and "本旬完成" in text
    await town.says(LI, "导出")
    await town.presses(LI, "一句话进展")
    assert f"{NAME}（市级新建，总投资 4.00 亿元，长泉区）：截至 11-25，形象进度 65%" in words(files(town, LI)["docx"])


async def test_everything_about_one_project_on_one_page(settle_in):
    town = await settled(settle_in)
    await town.says(WANG, "反映问题 北辰机电二期 缺用地指标 30 亩")
    await town.says(LI, "一页纸 18")
    made = files(town, LI)
    text = words(made["docx"])
    for part in (
        "北辰机电二期",
        "低于序时",
        "主体封顶",
        "调度责任人 任调度",
        "没有现场照片",
        "一句话：北辰机电二期（区级新建",
        "3,000",
    ):
        assert part in text, part
    assert made["pdf"].count(b"/MediaBox") == 1
    await town.says(LI, "一句话 17")
    assert "占年计划 91.7%" in town.last(LI).card.copy and "；主体封顶计划 12-20 完成" in town.last(LI).card.copy
    await town.says(LI, "一页纸")
    assert "请带上项目号或名称" in town.text(LI)


async def test_projects_without_any_dispatch_in_a_month(settle_in):
    town = await settled(settle_in)
    town.project("没人管的路", {Role.REPORTER: WANG}, number=19)
    await town.says(LI, "本月未调度")
    assert "3 个项目中有 1 个没有调度记录" in town.text(LI) and "1 19 没人管的路（长泉区），还没有报过" in town.text(LI)
    await town.presses(LI, "1")
    assert "没人管的路" in town.text(LI)
    await town.says(LI, "本月未调度 2026-10")
    assert "3 个项目中有 3 个" in town.text(LI)
    await town.says(LI, "本月未调度 2027-10")
    assert "不是一个已到的月份" in town.text(LI)


# --- 交办单, 督办单, 提级报告单 ------------------------------------------------------------------------------------------------


async def with_matter(town: Town) -> None:
    town.person("收件员", "区自然资源局", posts=[Post.INTAKE])
    await town.says(WANG, "反映问题")
    for label in ("1", "用地"):
        if label in town.last(WANG).labels:
            await town.presses(WANG, label)
    await town.says(WANG, "还缺 30 亩用地指标，影响主体施工")
    for label in ("一般", "提交"):
        if label in town.last(WANG).labels:
            await town.presses(WANG, label)


@pytest.mark.parametrize(
    ("label", "mark", "parts"),
    [
        ("交办单", "重项交〔2026〕1号", ["重点项目交办单", "办理时限", "签发"]),
        ("督办单", "重项督〔2026〕1号", ["重点项目督办单", "办理过程", "承办单位主要负责人"]),
        ("提级报告单", "重项报〔2026〕1号", ["重点项目提级报告单", "提级理由", "上级批示"]),
    ],
)
async def test_a_matter_in_the_official_form(settle_in, label, mark, parts):
    town = await settled(settle_in)
    await with_matter(town)
    number = "18-1"
    await town.says(LI, number)
    await town.presses(LI, "出单")
    await town.presses(LI, label)
    text = words(files(town, LI)["docx"])
    for part in (mark, number, "还缺 30 亩用地指标", "区自然资源局", *parts):
        assert part in text, part
    made = files(town, LI)
    await town.says(LI, number)
    await town.presses(LI, "出单")
    assert f"已出 {mark}" in town.text(LI)
    await town.presses(LI, "已出的")
    assert files(town, LI) == made
    await town.says(WANG, number)
    assert "出单" not in town.last(WANG).labels
    with town.store.read() as session:
        assert [row.state for row in session.exec(select(Paper))] == ["published"]
        assert dispatch_log.verify(session, town.app.house.sealer).good


def test_sizes_and_days_of_papers_are_the_policys(tmp_path):
    place = tmp_path / "policy.toml"
    place.write_text("[papers]\nmiddle = 50_000_000\nlarge = 200_000_000\ndemand_days = 3\nreply_days = 4\n", "utf-8")
    part = read_policy(place).file.papers
    assert (part.middle, part.large, part.demand_days, part.reply_days) == (50_000_000, 200_000_000, 3, 4)
    place.write_text("[papers]\nmiddle = 200_000_000\nlarge = 100_000_000\n", "utf-8")
    with pytest.raises(PolicyError, match="middle"):
        read_policy(place)


async def test_words_sent_by_mistake_vanish_from_a_draft_and_what_was_published(settle_in):
    town: Town = settle_in("2026-12-01 09:10")
    town.person("填报小王")
    town.person("调度小李", posts=[Post.DISPATCHER])
    wrong = "某某银行密码是八个八请勿外传"
    await town.says("填报小王", wrong)

    def write(desk, state: str) -> int:
        row = stored.add(
            desk.session, unit=1, kind="bulletin", year=2026, title="通报", state=state, made_at=desk.now, made_by=town.people["调度小李"],
            sections=[{"name": "slow", "title": "较慢", "lines": [{"text": f"说明：{wrong}。"}]}], facts={}, files={"pdf": "a" * 64} if state == "published" else {},
        )  # fmt: skip
        return row.id

    drafted, published = (town.do(lambda desk, state=state: write(desk, state)) for state in ("draft", "published"))
    await town.says("填报小王", "误发")
    await town.presses("填报小王", "1" if "1" in town.last("填报小王").labels else "销毁")
    if "销毁" in town.last("填报小王").labels:
        await town.presses("填报小王", "销毁")
    with town.store.read() as session:
        for number in (drafted, published):
            row = session.get(Paper, number)
            assert row is not None and wrong not in str(row.sections) and row.files == {}
        assert dispatch_log.verify(session, town.app.house.sealer).good
