"""A PostgreSQL cluster of the test run's own, started as an unprivileged user, on a socket only."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def binaries() -> Path | None:
    """The folder of initdb and pg_ctl; None where PostgreSQL is not installed."""
    found = shutil.which("initdb")
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return (
        Path(found).resolve().parent
        if found
        else next((folder for folder in folders if (folder / "initdb").exists()), None)
    )


def needed() -> None:
    """Skips what needs PostgreSQL where it is not installed; in CI it must be."""
    if binaries() is None:
        assert not os.environ.get("CI"), "CI needs PostgreSQL's binaries"
        pytest.skip("PostgreSQL is not installed")


@contextmanager
def cluster() -> Iterator[str]:
    """A running cluster; yields the URL of a new, empty database."""
    home = binaries()
    assert home is not None
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    as_user: dict[str, object] = {}
    if os.geteuid() == 0:
        account = next(entry for entry in (_account("postgres"), _account("nobody")) if entry)
        os.chown(folder, account.pw_uid, account.pw_gid)
        as_user = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}

    def call(program: str, *arguments: str) -> None:
        subprocess.run([str(home / program), *arguments], check=True, capture_output=True, cwd=folder, **as_user)  # type: ignore[call-overload]

    data = str(folder / "data")
    call("initdb", "-D", data, "-U", "diaodu", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C")
    options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
    call("pg_ctl", "-D", data, "-w", "-o", options, "-l", str(folder / "log"), "start")
    try:
        yield f"postgresql+psycopg://diaodu@/postgres?host={folder}"
    finally:
        call("pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def _account(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None
