"""`diaodu backup`: a copy of the database and the files, made while the service runs."""

import json
from pathlib import Path

from bot.commands import Failure, settings, waiting, words


def backup(file: Path, force: bool, as_json: bool) -> None:
    """Copies, checks, and tells the log's head, so that it can be compared later."""
    from bot.app import wall_clock
    from bot.config import secret_file
    from storage import backup as copies

    found = settings()
    try:
        with waiting(words("command.copying")):
            made = copies.copy(found.database_url, file, found.data_dir, force=force)
    except copies.NotCopied as error:
        raise Failure(str(error)) from error
    record = {
        "at": wall_clock().isoformat(), "file": str(file.absolute()), "size": made.size, "entry": made.number, "hash": made.hash,
        "files": str(made.files.absolute()) if made.files else "", "files_size": made.files_size, "files_count": made.files_count,
    }  # fmt: skip
    copies.note_copy(found.data_dir, record)
    if as_json:
        print(json.dumps(record, ensure_ascii=False))
    else:
        key = "" if found.secret_key else str(secret_file(found))
        print(words("command.copied", key=key, **record))
