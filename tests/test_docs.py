"""What the papers say is there: settings, commands, chat words, rules, links and pictures."""

import re
import struct
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from typer.main import get_command

from bot.__main__ import cli
from bot.config import Settings
from handlers.routes import COMMANDS

HOME = Path(__file__).parents[1]
READMES = ["README.md", "README.zh-CN.md"]
PAPERS = [*READMES, *sorted(str(path.relative_to(HOME)) for path in (HOME / "docs").rglob("*.md"))]
SHARED = {"--help", "--json"}
"""Options that the text above the table tells of all commands."""
LARGEST = 200_000


def text(name: str) -> str:
    return (HOME / name).read_text("utf-8")


def rows(name: str) -> list[list[str]]:
    """The cells of every row of every table."""
    return [
        [cell.strip() for cell in line.strip("| \n").split("|")] for line in text(name).splitlines() if line[:1] == "|"
    ]


def commands(command=None, path: tuple[str, ...] = ()) -> Iterator[tuple[str, set[str]]]:
    """("export ledger", its long options) of every command."""
    command = command or get_command(cli)
    below = getattr(command, "commands", {})
    for name, one in below.items():
        yield from commands(one, (*path, name))
    if not below:
        yield " ".join(path), {option for one in command.params for option in one.opts if option.startswith("--")}


@pytest.mark.parametrize("readme", READMES)
def test_every_setting_has_a_row_and_no_other_is_named(readme):
    named = {name for first, *_ in rows(readme) for name in re.findall(r"DIAODU_[A-Z_]+", first)}
    assert named == {f"DIAODU_{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"DIAODU_[A-Z_]+", text(readme))) == named


@pytest.mark.parametrize("readme", READMES)
@pytest.mark.parametrize(("command", "options"), list(commands()))
def test_every_command_has_a_row_with_its_options(readme, command, options):
    [row] = [" ".join(cells) for cells in rows(readme) if re.match(rf"`diaodu {command}\b", cells[0])]
    assert options - SHARED <= set(re.findall(r"--[a-z-]+", row))


@pytest.mark.parametrize("readme", READMES)
def test_no_command_is_named_that_is_not_there(readme):
    known = {command for command, _ in commands()}
    named = {
        " ".join(words)
        for words in re.findall(r"`diaodu ((?:export|lexicon|log) [a-z]+|[a-z]+)", text(readme))
        for words in [words.split()]
    }
    assert named == known


@pytest.mark.parametrize("readme", READMES)
def test_every_word_of_the_chat_has_a_row_with_its_slash_command(readme):
    for route in COMMANDS:
        [row] = [
            cells for cells in rows(readme) if re.search(rf"`/{route.command}`", cells[1] if len(cells) > 2 else "")
        ]
        assert set(route.words) <= set(re.split(r"[、,\s]+", row[0])), route.command


def test_both_readmes_have_the_same_parts():
    english, chinese = (text(name) for name in READMES)
    for part in (r"^(#+) ", r"^(```)", r"\]\(([^)#]+)\)"):
        found, other = re.findall(part, english, re.MULTILINE), re.findall(part, chinese, re.MULTILINE)
        assert [one for one in found if "README" not in one] == [one for one in other if "README" not in one]
    assert [len(cells) for cells in rows(READMES[0])] == [len(cells) for cells in rows(READMES[1])]


def test_the_chinese_one_is_set_as_chinese():
    """A blank between hanzi and Latin letters, punctuation in full width; code, addresses and words to be typed (AB角) are left alone."""
    plain = re.sub(r"```.*?```|`[^`]*`|\]\([^)]*\)|AB角", "", text(READMES[1]), flags=re.DOTALL)
    assert re.findall(r"[一-鿿][A-Za-z]|[A-Za-z][一-鿿]", plain) == []
    assert re.findall(r"[一-鿿][,;:?!()]|[,;:?!(][一-鿿]", plain) == []


@pytest.mark.parametrize("paper", PAPERS)
def test_every_link_leads_somewhere(paper):
    for target in re.findall(r"\]\(([^)]+)\)", text(paper)):
        if not target.startswith("http"):
            place, _, heading = target.partition("#")
            assert not place or ((HOME / paper).parent / unquote(place)).exists(), target
            assert not heading or re.search(rf"^#+ {heading}$", text(paper), re.MULTILINE | re.IGNORECASE), target


@pytest.mark.parametrize("picture", sorted((HOME / "docs" / "pictures").glob("*.png")), ids=lambda path: path.name)
def test_a_picture_is_a_phone_s_width_small_and_used(picture):
    raw = picture.read_bytes()
    assert raw[:8] == b"\x89PNG\r\n\x1a\n" and len(raw) < LARGEST
    assert struct.unpack(">I", raw[16:20])[0] == 780
    assert all(f"docs/pictures/{picture.name}" in text(readme) for readme in READMES)


def test_every_step_and_state_of_a_matter_is_explained():
    from bot.rules.matters import TABLE
    from bot.rules.words import MatterState
    from handlers.matters import LABELS

    told, labels = text("docs/matters.md"), tomllib.loads(text("bot/templates/zh_CN/labels.toml"))
    assert sorted({step.name for step in TABLE if labels[LABELS.get(step.name, step.name)] not in told}) == []
    assert [state.zh for state in MatterState if state.zh not in told] == []


def test_every_key_of_the_policy_is_explained():
    policy = tomllib.loads(text("bot/data/policy.toml"))
    told = text("docs/policy.md")
    assert [section for section in policy if f"| {section} |" not in told] == []
    keys = {key for section, part in policy.items() if section not in ("route", "ladder") for key in part}
    assert sorted(key for key in keys if not re.search(rf"\b{key}\b", told)) == []


@pytest.mark.parametrize("paper", PAPERS)
def test_no_path_of_one_machine(paper):
    assert re.findall(r"(?<![\w.])/(?:root|work|tmp|home)/", text(paper)) == []
