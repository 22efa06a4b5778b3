"""`diaodu lexicon export` and `import`: the words that were learnt, as a TOML file."""

import json
import tomllib
from pathlib import Path
from typing import Any

from bot.commands import Failure, looking, show, words, write


def export(file: Path) -> None:
    """Writes every word that was learnt."""
    from handlers.lexicon import exported

    with looking() as desk:
        found = exported(desk.session)
    parts = ["\n".join(["[[word]]", *(f"{name} = {_quoted(value)}" for name, value in one.items())]) for one in found]
    try:
        file.write_text("\n\n".join(parts) + "\n" if parts else "", "utf-8")
    except OSError as error:
        raise Failure(f"{file}: {error.strerror}") from error
    print(words("command.lexicon_exported", file=str(file), count=len(found)))


def _quoted(text: str) -> str:
    """A string of TOML: its escapes are those of JSON."""
    return json.dumps(text, ensure_ascii=False)


def bring_in(file: Path, as_json: bool) -> None:
    """Takes words in, all or none."""
    try:
        found: list[dict[str, Any]] = tomllib.loads(file.read_text("utf-8")).get("word", [])
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise ValueError("[[word]] tables are wanted")
    except (OSError, ValueError) as error:
        raise Failure(words("command.file_unread", file=str(file), why=str(error))) from error
    show(write("lexicon", words=found), as_json, "command.lexicon_imported")
