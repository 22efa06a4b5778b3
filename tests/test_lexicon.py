"""A lexicon that learns: what was not understood is filed with one tap, and the next message is read with it."""

import pytest
from sqlmodel import select

from bot.rules.words import Post, Role
from storage import dispatch_log
from storage.tables import LexiconWord, UnreadClause
from tests.town import Town

pytestmark = pytest.mark.slow

WANG, LI, OTHER = "填报小王", "调度小李", "外区调度"
ODD = "龙门吊又趴窝了"


def settled(settle_in) -> Town:
    town: Town = settle_in("2026-11-24 09:10")
    town.person(WANG)
    town.person(LI, posts=[Post.DISPATCHER])
    town.person(OTHER, "甲区", posts=[Post.DISPATCHER])
    town.project("智诚慧家标准车间", {Role.REPORTER: WANG}, number=17)
    return town


async def reports(town: Town, words: str) -> None:
    await town.says(WANG, words)
    await town.presses(WANG, "确认")


def learnt(town: Town) -> list[tuple[str, str, str]]:
    with town.store.read() as session:
        return [(row.kind, row.word, row.meaning) for row in session.exec(select(LexiconWord))]


def check_log(town: Town) -> None:
    with town.store.read() as session:
        assert dispatch_log.verify(session, town.app.house.sealer).good
        assert dispatch_log.verify_rows(session, town.app.house.sealer).good


async def test_filed_with_one_tap_and_read_from_then_on(settle_in):
    town = settled(settle_in)
    await reports(town, f"65%，{ODD}")
    await town.says(LI, "词库")
    assert f"“{ODD}”" in town.text(LI) and "智诚慧家标准车间" in town.text(LI) and "还有 1 句" in town.text(LI)
    assert town.last(LI).labels == ["用地", "资金", "审批", "征拆", "不用记", "更多"]
    await town.says(LI, "趴窝")
    assert "只记“趴窝”" in town.text(LI)
    await town.presses(LI, "其他")
    assert "没有等着归类的话" in town.text(LI)
    assert learnt(town) == [("blocker", "趴窝", "材料设备")]
    await town.says(WANG, "66%，塔吊趴窝")
    assert "塔吊趴窝" not in town.text(WANG).partition("没读懂")[2]
    await town.presses(WANG, "确认")
    assert "反映问题" in town.last(WANG).labels
    check_log(town)


async def test_a_category_of_another_page_may_be_typed(settle_in):
    town = settled(settle_in)
    await reports(town, f"65%，{ODD}")
    await town.says(LI, "词库")
    assert "其他" not in town.last(LI).labels
    await town.says(LI, "趴窝")
    await town.says(LI, "其他")
    assert learnt(town) == [("blocker", "趴窝", "材料设备")]


async def test_it_outlives_a_restart(settle_in):
    town = settled(settle_in)
    await reports(town, f"65%，{ODD}")
    await town.says(LI, "词库")
    town.reopen()
    await town.presses(LI, "征拆")
    town.reopen()
    assert town.app.house.lexicon.patterns.plain["征拆"].search(ODD)


async def test_the_same_words_elsewhere_are_filed_with_it_and_what_was_filed_is_not_asked_again(settle_in):
    town = settled(settle_in)
    await reports(town, "65%，龙门吊趴窝了")
    await reports(town, "66%，汽车吊趴窝了")
    await town.says(LI, "词库")
    await town.says(LI, "趴窝")
    await town.presses(LI, "不用记")
    assert "汽车吊趴窝了" in town.text(LI)
    await town.says(LI, "趴窝")
    await town.presses(LI, "其他")
    await reports(town, "67%，龙门吊趴窝了")
    await town.says(LI, "词库")
    assert "没有等着归类的话" in town.text(LI)
    with town.store.read() as session:
        assert {row.clause: row.filed_as for row in session.exec(select(UnreadClause))} == {
            "龙门吊趴窝了": "ignored",
            "汽车吊趴窝了": "材料设备",
        }


async def test_a_stage_is_named(settle_in):
    town = settled(settle_in)
    await reports(town, "65%，屋脊瓦盖齐了")
    await town.says(LI, "词库")
    await town.presses(LI, "进展")
    assert "哪个阶段" in town.text(LI)
    await town.says(LI, "没有的阶段")
    assert "哪个阶段" in town.text(LI)
    await town.says(LI, "装修")
    assert learnt(town) == [("stage", "屋脊瓦盖齐了", "装修")]


async def test_words_that_are_not_in_it_and_who_has_no_business_there(settle_in):
    town = settled(settle_in)
    await reports(town, f"65%，{ODD}")
    await town.says(LI, "词库")
    await town.says(LI, "完全别的话")
    assert "“完全别的话”不在这句话里" in town.text(LI)
    await town.says(OTHER, "词库")
    assert "没有等着归类的话" in town.text(OTHER)
    await town.says(WANG, "词库")
    assert "用不了" in town.text(WANG) and "归类" not in town.text(WANG) and not learnt(town)


async def test_reading_alone_keeps_nothing(settle_in):
    town = settled(settle_in)
    await town.says(WANG, f"65%，{ODD}")
    with town.store.read() as session:
        assert session.exec(select(UnreadClause)).first() is None


@pytest.mark.parametrize("bad", [{"kind": "weather"}, {"meaning": "没有这一类"}, {"word": " "}])
def test_words_that_cannot_be_used_are_refused_whole(settle_in, bad):
    from handlers import lexicon
    from handlers.roster import Refused

    town = settled(settle_in)
    good = {"kind": "blocker", "word": "趴窝", "meaning": "材料设备"}
    with pytest.raises(Refused):
        town.do(lambda desk: lexicon.bring_in(desk, [good, {**good, **bad}]))
    assert learnt(town) == []
    town.do(lambda desk: lexicon.bring_in(desk, [good, {"kind": "help", "word": "帮衬一把", "meaning": ""}]))
    with town.store.read() as session:
        assert lexicon.exported(session) == [good, {"kind": "help", "word": "帮衬一把", "meaning": ""}]
    assert town.app.house.lexicon.patterns.has("help", "请帮衬一把")


def test_out_and_in_on_the_command_line(tmp_path, monkeypatch):
    from typer.testing import CliRunner

    from bot import commands
    from bot.__main__ import cli

    monkeypatch.setenv("DIAODU_DATABASE_URL", f"sqlite:///{tmp_path / 'a.db'}")
    monkeypatch.setenv("DIAODU_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("DIAODU_SECRET_KEY", "s" * 32)
    commands.settings.cache_clear()
    words, out, wrong = tmp_path / "words.toml", tmp_path / "out.toml", tmp_path / "wrong.toml"
    words.write_text('[[word]]\nkind = "blocker"\nword = "趴窝\\"了"\nmeaning = "材料设备"\n', "utf-8")
    wrong.write_text('[[word]]\nkind = "weather"\nword = "雨"\nmeaning = ""\n', "utf-8")
    runner = CliRunner()
    assert runner.invoke(cli, ["lexicon", "import", str(words)]).exit_code == 0
    assert runner.invoke(cli, ["lexicon", "import", str(wrong)]).exit_code != 0
    assert "1" in runner.invoke(cli, ["lexicon", "export", str(out)]).output
    assert out.read_text("utf-8") == words.read_text("utf-8")
    commands.settings.cache_clear()
