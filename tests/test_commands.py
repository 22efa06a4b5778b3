"""The command line as a person or a program uses it: real processes, one line where something is wrong, and a service that runs beside."""

import http.server
import io
import json
import logging
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from unittest import mock

import openpyxl
import pytest
from typer.testing import CliRunner

from bot import commands
from bot.__main__ import cli, export_, lexicon_, log_, main
from bot.commands.service import menu
from bot.rules.entitlement import Action
from bot.texts import LOCALES
from handlers.routes import COMMANDS
from tests.bot_api import BotApi

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
DATA = ROOT / "tests" / "data"
LEDGER = ROOT / "bot" / "data" / "ledger_demo.xlsx"
CODE = re.compile(r"[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}")
CANARY = "123456789:AAF-canary_token_that_must_never_be_seen"
WORDS = [
    ["demo"], ["serve"], ["doctor"], ["erase"], ["import"], ["export"], ["export", "ledger"], ["export", "matters"], ["export", "log"], ["export", "xunbao"], ["export", "yuebao"], ["export", "summary"], ["export", "problems"], ["export", "qianqi"], ["export", "statistical"], ["chart"], ["bulletin"],
    ["backup"], ["handover"], ["holidays"], ["invite"], ["lexicon"], ["lexicon", "export"], ["lexicon", "import"], ["post"], ["preview"], ["log"], ["log", "show"], ["log", "verify"], ["read"],
]  # fmt: skip


class Place:
    """A deployment in a folder of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        clean = {name: value for name, value in os.environ.items() if not name.startswith("DIAODU_")}
        self.environment = clean | {
            "PYTHONPATH": str(ROOT), "COLUMNS": "200", "DIAODU_DATABASE_URL": f"sqlite:///{home / 'town.db'}",
            "DIAODU_DATA_DIR": str(home / "data"), "DIAODU_WEB_PORT": "0",
        }  # fmt: skip

    def process(self, *words: str, **environment: str) -> tuple[int, str, str]:
        """A command as a process of its own: (exit code, stdout, stderr)."""
        done = subprocess.run(
            [sys.executable, "-m", "bot", *words], cwd=self.home, env=self.environment | environment, capture_output=True, text=True,
            timeout=120, stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout, done.stderr

    def here(self, *words: str, **environment: str) -> tuple[int, str, str]:
        """The same in this process, which has everything loaded."""
        out, errors, code = io.StringIO(), io.StringIO(), 0
        before, root = dict(os.environ), logging.getLogger()
        handlers, level = root.handlers[:], root.level
        os.environ.clear()
        os.environ.update(self.environment | environment)
        try:
            commands.settings.cache_clear()
            commands.texts.cache_clear()
            with (
                chdir(self.home),
                redirect_stdout(out),
                redirect_stderr(errors),
                mock.patch.object(sys, "argv", ["diaodu", *words]),
            ):
                main()
        except SystemExit as end:
            code = int(end.code or 0)
        finally:
            os.environ.clear()
            os.environ.update(before)
            root.handlers[:], root.level = handlers, level
        return code, out.getvalue(), errors.getvalue()

    def run(self, *words: str, code: int = 0, alone: bool = False, **environment: str) -> str:
        """The output of a command that ends with this exit code; of a failure the one line. `alone`: as a process of its own."""
        ended, output, errors = (self.process if alone else self.here)(*words, **environment)
        assert ended == code, (ended, output, errors)
        assert "Traceback" not in errors
        if code == 0:
            return output
        lines = [line for line in errors.splitlines() if line.startswith("diaodu: ")]
        assert len(lines) == 1, errors
        return lines[0]

    def json(self, *words: str, alone: bool = False):
        return json.loads(self.run(*words, "--json", alone=alone))

    @contextmanager
    def serving(self, *words: str, **environment: str):
        """The service as a process; afterwards it has stopped by SIGTERM within a few seconds."""
        log = (self.home / "service.log").open("a")
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "serve", *words], cwd=self.home, env=self.environment | environment, stdout=subprocess.PIPE,
            stderr=log, text=True,
        )  # fmt: skip
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert "http://127.0.0.1:" in line, (line, (self.home / "service.log").read_text())
            yield re.search(r"http://[\d.:]+/", line).group()
        finally:
            begun = time.monotonic()
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 0
            assert time.monotonic() - begun < 8
            log.close()

    @property
    def log(self) -> str:
        return (self.home / "service.log").read_text()


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path)


@pytest.fixture(scope="module")
def settled(tmp_path_factory):
    """A place with the shipped ledger and a bound nobody; not to be written to."""
    made = Place(tmp_path_factory.mktemp("settled"))
    made.run("import", str(LEDGER))
    return made


# --- help and errors ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", WORDS, ids=" ".join)
def test_every_command_explains_itself(words):
    shown = CliRunner().invoke(cli, [*words, "--help"])
    assert shown.exit_code == 0 and "Usage:" in shown.output and len(shown.output.splitlines()) >= 6


def test_no_command_is_left_out_of_these_tests():
    names = [[command.name or command.callback.__name__] for command in cli.registered_commands]
    for group, app in (("log", log_), ("export", export_), ("lexicon", lexicon_)):
        names += [[group], *([group, command.name] for command in app.registered_commands)]
    assert sorted(names) == sorted(WORDS)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nosuch"], "No such command"),
        (["read"], "give one text"),
        (["read", "65%", "--at", "yesterday"], "does not match"),
        (["invite", "王科长"], "没有叫“王科长”的人"),
        (["invite"], "请写姓名"),
        (["invite", "--unit", "区财政局"], "没有叫“区财政局”的单位"),
        (["import", "nowhere.xlsx"], "找不到这个文件"),
        (["export", "ledger", "out.xlsx"], "还没有数据库"),
        (["log", "verify"], "还没有数据库"),
        (["backup", "copy.db"], "no database"),
        (["preview", "--at", "2026-11-24T09:00"], "还没有数据库"),
        (["holidays", "nowhere.txt"], "读不了"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_goes_wrong_is_one_line_that_says_what_to_do(place, words, said):
    assert said in place.run(*words, code=2 if said in ("No such command", "does not match") else 1)


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"DIAODU_WEB_PORT": "x"}, "DIAODU_WEB_PORT"),
        ({"DIAODU_TIMEZONE": "Mars/Olympus"}, "DIAODU_TIMEZONE: there is no time zone"),
        ({"DIAODU_POLICY": "nowhere.toml"}, "nowhere.toml"),
        ({"DIAODU_TELEGRAM_WEBHOOK_URL": "https://x/telegram"}, "WEBHOOK_SECRET"),
    ],
)
def test_a_wrong_setting_is_named(place, environment, said):
    assert said in place.run("serve", code=1, **environment)


def test_a_policy_that_cannot_be_is_named_with_its_line(place):
    (place.home / "policy.toml").write_text("[report]\nmonthly_day = 40\n", "utf-8")
    line = place.run("serve", code=1, DIAODU_POLICY="policy.toml")
    assert "policy.toml, line 2, report.monthly_day" in line


def test_the_language_is_the_settings(place):
    assert "Nobody is called" in place.run("invite", "王科长", code=1, DIAODU_LOCALE="en")


# --- reading --------------------------------------------------------------------------------------------------------------


def test_read_as_json_and_a_file_of_lines(place):
    read = place.json("read", "65% 累计1.2亿", "--at", "2026-11-24")
    assert read["percents"] == [65] and read["amounts_wan"] == [[12000, "total"]]
    lines = [
        {"id": "a", "text": "七成", "reference_date": "2026-11-24"},
        {"id": 7, "text": "好", "reference_date": "2026-11-24"},
    ]
    (place.home / "said.jsonl").write_text("\n".join(json.dumps(line) for line in lines), "utf-8")
    first, second = map(json.loads, place.run("read", "--jsonl", "said.jsonl").splitlines())
    assert (first["id"], first["percents"], second["id"], second["percents"]) == ("a", [70], 7, [])
    (place.home / "said.jsonl").write_text('{"id": 1}', "utf-8")
    assert "line 1" in place.run("read", "--jsonl", "said.jsonl", code=1)


# --- the ledger -----------------------------------------------------------------------------------------------------------


def test_a_ledger_tried_out_taken_in_and_taken_in_again(place):
    file = str(DATA / "ledger_district.xlsx")
    tried = place.json("import", file, "--dry-run")
    assert len(tried["added"]) == 133
    assert "还没有" in place.run("log", "show", "1", code=1) or "没有" in place.run("log", "show", "1", code=1)
    taken = place.json("import", file)
    assert len(taken["added"]) == 133 and taken["problems"] == []
    again = place.json("import", file)
    assert (again["added"], again["changed"], again["same"]) == ([], [], 133)
    assert "完好" in place.run("log", "verify", "--rows")


def test_rows_that_cannot_be_read_are_named_and_the_rest_waits_for_a_word(place):
    book = openpyxl.load_workbook(LEDGER)
    sheet = next(
        one for one in book if any("总投资" in str(cell.value) for row in one.iter_rows(max_row=5) for cell in row)
    )
    column = next(cell.column for row in sheet.iter_rows(max_row=5) for cell in row if "总投资" in str(cell.value))
    for row in range(4, 12):
        if isinstance(sheet.cell(row, column).value, int | float):
            sheet.cell(row, column).value = "很多"
            break
    book.save(place.home / "broken.xlsx")
    assert "--yes" in place.run("import", "broken.xlsx", code=1)
    assert not (place.home / "town.db").exists()
    record = place.json("import", "broken.xlsx", "--yes")
    [problem] = record["problems"]
    assert (problem["row"], problem["value"], problem["why"]) == (row, "很多", "不是数字")


def test_what_is_exported_reads_back_as_the_same(settled, tmp_path):
    copy = Place(tmp_path)
    shutil.copytree(settled.home, tmp_path, dirs_exist_ok=True)
    copy.run("export", "ledger", "out.xlsx")
    back = copy.json("import", "out.xlsx")
    assert (back["added"], back["changed"], back["same"], back["problems"]) == ([], [], 48, [])


def test_no_cell_of_an_export_is_a_formula(settled, tmp_path):
    copy = Place(tmp_path)
    shutil.copytree(settled.home, tmp_path, dirs_exist_ok=True)
    with sqlite3.connect(tmp_path / "town.db") as connection:
        connection.execute("UPDATE project SET content = '=HYPERLINK(\"http://evil\")' WHERE number = 1")
    for what in ("ledger", "log"):
        copy.run("export", what, f"{what}.xlsx")
        book = openpyxl.load_workbook(tmp_path / f"{what}.xlsx")
        kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
        assert "f" not in kinds and "s" in kinds
    texts = {
        cell.value for row in openpyxl.load_workbook(tmp_path / "ledger.xlsx").worksheets[0].iter_rows() for cell in row
    }
    assert '=HYPERLINK("http://evil")' in texts


# --- looking --------------------------------------------------------------------------------------------------------------


def test_the_log_of_a_project_by_number_and_by_name(settled):
    entries = settled.json("log", "show", "1")
    assert entries[0]["kind"] == "ledger.imported" and entries[0]["rows"]["project"][0]["number"] == 1
    name = entries[0]["rows"]["project"][0]["name"]
    assert settled.json("log", "show", name)[0]["number"] == entries[0]["number"]
    assert "导入台账" in settled.run("log", "show", "1")
    assert "不止一个" in settled.run("log", "show", "项目", code=1)


def test_a_log_that_was_touched_is_found_out(settled, tmp_path):
    shutil.copytree(settled.home, tmp_path, dirs_exist_ok=True)
    copy = Place(tmp_path)
    good = copy.json("log", "verify", "--rows")
    assert good["good"] and copy.run("log", "verify", "--anchor", f"{good['entries']}:{good['head']}")
    assert "锚点" in copy.run("log", "verify", "--anchor", f"{good['entries'] + 1}:{good['head']}", code=1)
    with sqlite3.connect(tmp_path / "town.db") as connection:
        connection.execute("UPDATE project SET owner = '别人' WHERE number = 1")
    assert "与日志不同" in copy.run("log", "verify", "--rows", code=1)
    with sqlite3.connect(tmp_path / "town.db") as connection:
        connection.execute("DROP TRIGGER dispatch_log_no_update")
        connection.execute("UPDATE dispatch_log SET kind = 'nothing' WHERE id = 5")
    assert "第 5 条" in copy.run("log", "verify", code=1)


def test_preview_tells_whom_and_why_and_writes_nothing(settled):
    before = (settled.home / "town.db").read_bytes()
    told = settled.json("preview", "--at", "2026-11-23 09:00")
    assert isinstance(told, list)
    assert "不是工作日" in settled.run("preview", "--at", "2026-11-22")
    assert (settled.home / "town.db").read_bytes() == before


def test_the_wall_chart_is_a_picture(settled, tmp_path):
    settled.run("chart", str(tmp_path / "chart.png"))
    pages = sorted(tmp_path.glob("chart*.png"))
    assert len(pages) > 1 and all(page.read_bytes().startswith(b"\x89PNG") for page in pages)


@pytest.mark.parametrize(
    "asked",
    [
        ["--kind", "lights"],
        ["--kind", "curve"],
        ["--kind", "stages"],
        ["--project", "1"],
        ["--project", "1", "--kind", "curve"],
    ],
)
def test_a_chart_of_its_kind_is_a_picture_or_one_document(settled, tmp_path, asked):
    settled.run("chart", str(tmp_path / "chart.png"), *asked)
    settled.run("chart", str(tmp_path / "chart.pdf"), *asked)
    assert (tmp_path / "chart.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "chart.pdf").read_bytes().startswith(b"%PDF") and len(list(tmp_path.glob("*.pdf"))) == 1


@pytest.mark.parametrize(
    ("name", "asked", "told"),
    [
        ("chart.jpg", [], "文件名要以 .png 或 .pdf 结尾"),
        ("chart.png", ["--kind", "map"], "没有“map”这种图"),
        ("chart.png", ["--project", "1", "--kind", "stages"], "--kind 可以是 gantt、curve（带 --project 时）"),
        ("chart.png", ["--project", "没有的项目"], "没有编号或名称是“没有的项目”的项目"),
        ("chart.png", ["--project", "项目"], "不止一个"),
    ],
)
def test_a_chart_that_cannot_be_drawn_says_what_can(settled, tmp_path, name, asked, told):
    assert told in settled.run("chart", str(tmp_path / name), *asked, code=1)
    assert not list(tmp_path.iterdir())


def test_doctor_says_how_everything_stands(settled):
    lines = {line["check"]: line for line in settled.json("doctor")}
    assert {
        "settings",
        "policy",
        "database",
        "sqlite",
        "log",
        "fonts",
        "telegram",
        "port",
        "backup",
        "calendar",
        "space",
    } <= lines.keys()
    assert lines["log"]["state"] == lines["fonts"]["state"] == lines["database"]["state"] == "ok"
    assert lines["administrator"]["state"] == "warn" and "diaodu invite" in lines["administrator"]["text"]
    assert all(line["text"] for line in lines.values())


def test_doctor_fails_where_something_is_broken_and_says_what(settled):
    line = settled.run("doctor", code=1, DIAODU_TELEGRAM_TOKEN="not a token", DIAODU_SECRET_KEY="another")
    assert "不合格" in line
    abroad = settled.run("doctor", DIAODU_TELEGRAM_TOKEN=CANARY)
    assert "个人信息保护法" in abroad and CANARY not in abroad


# --- people ---------------------------------------------------------------------------------------------------------------


def test_the_first_administrator_is_made_on_an_empty_database(place):
    made = place.json("invite", "老赵", "--admin")
    assert CODE.fullmatch(made["code"]) and made["hours"] == 72
    assert (place.home / "data" / "secret.key").stat().st_mode & 0o777 == 0o600
    place.run("import", str(LEDGER))
    assert "长泉区" in place.run("invite", "老赵", "--admin"), "the placeholder took the district's name"


def test_a_code_as_a_picture(settled, tmp_path):
    shutil.copytree(settled.home, tmp_path, dirs_exist_ok=True)
    copy = Place(tmp_path)
    copy.run("invite", "林志强", "--qr", "code.png")
    assert (tmp_path / "code.png").read_bytes().startswith(b"\x89PNG")


def test_of_two_with_one_name_the_unit_is_asked_for(place):
    place.run("invite", "老赵", "--admin", "--unit", "长泉区")
    for unit in ("区财政局", "区水务局"):
        place.run("post", "张伟", "intake", unit, "--new")
        with sqlite3.connect(place.home / "town.db") as connection:
            connection.execute("UPDATE person SET name = '张伟二' WHERE name = '张伟'")
    with sqlite3.connect(place.home / "town.db") as connection:
        connection.execute("UPDATE person SET name = '张伟' WHERE name LIKE '张伟%'")
    line = place.run("invite", "张伟", code=3)
    assert "区财政局" in line and "区水务局" in line
    assert place.json("invite", "张伟", "--unit", "区水务局")["unit"] == "区水务局"


def test_a_whole_unit_is_a_table_of_codes(settled, tmp_path):
    shutil.copytree(settled.home, tmp_path, dirs_exist_ok=True)
    copy = Place(tmp_path)
    shown = copy.run("invite", "--unit", "区重点项目建设服务中心")
    assert len(set(CODE.findall(shown))) >= 3 and "沈庆余" in shown


def test_posts_by_their_words(place):
    place.run("invite", "老赵", "--admin", "--unit", "长泉区")
    made = place.json("post", "李调度", "调度员", "长泉区", "--until", "2099-12-31")
    assert made["new"] and made["added"] == ["李调度"] and made["until"] == "2099-12-31"
    assert "可以设" in place.run("post", "李调度", "局长", "长泉区", code=1)
    assert "--new" in place.run("post", "--help") and "没有叫" in place.run(
        "post", "李调度", "intake", "没有的局", code=1
    )
    assert "已经过去" in place.run("post", "李调度", "intake", "长泉区", "--until", "2020-01-01", code=1)


def test_holidays_from_a_notice(place):
    place.run("invite", "老赵", "--admin")
    notice = "国务院办公厅关于2027年部分节假日安排的通知\n一、元旦：1月1日（周五）至3日（周日）放假调休。"
    (place.home / "notice.txt").write_text(notice, "utf-8")
    assert "01-01（五）至 01-03（日） 放假" in place.run("holidays", "notice.txt")
    (place.home / "notice.txt").write_text("没有日子的2027年通知", "utf-8")
    assert "没有读出来" in place.run("holidays", "notice.txt", code=1)


# --- beside a running service ---------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_commands_write_while_the_service_runs(place):
    with place.serving():
        assert (place.home / "data" / "control.sock").stat().st_mode & 0o777 == 0o600
        made = place.json("invite", "老赵", "--admin", alone=True)
        assert CODE.fullmatch(made["code"])
        assert len(place.json("import", str(LEDGER))["added"]) == 48
        assert len(place.json("import", str(LEDGER), "--dry-run")["added"]) == 0
        assert "没有叫" in place.run("invite", "没有的人", code=1, alone=True)
        assert place.json("post", "李调度", "dispatcher", "长泉区")["new"]
        assert "运行" in place.run("doctor")
        assert "process" in place.run("serve", code=1)
        place.run("backup", "copy.db")
        assert place.json("log", "verify", "--rows")["good"]
    assert not (place.home / "data" / "control.sock").exists()
    assert (
        json.loads((place.home / "data" / "anchor.json").read_text())["number"]
        == place.json("log", "verify")["entries"]
    )


@pytest.mark.slow
def test_the_service_answers_and_stops_cleanly(place):
    with place.serving() as address, urllib.request.urlopen(f"{address}health", timeout=10) as answer:
        assert json.loads(answer.read())["ok"]
    for line in place.log.splitlines():
        if not line.startswith("未设"):
            json.loads(line)


@pytest.mark.slow
def test_a_killed_service_leaves_nothing_in_the_way(place):
    log = (place.home / "service.log").open("a")
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "serve"],
        cwd=place.home,
        env=place.environment,
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
    )
    assert "http" in process.stdout.readline()
    process.kill()
    process.wait()
    log.close()
    assert (place.home / "data" / "control.sock").exists()
    place.run("invite", "老赵", "--admin")
    with place.serving():
        assert place.json("invite", "老赵")["name"] == "老赵"


@pytest.mark.slow
def test_a_port_that_is_taken_is_named(place):
    with place.serving() as address:
        port = re.search(r":(\d+)/", address).group(1)
        other = Place(place.home / "other")
        other.home.mkdir()
        other.environment["DIAODU_DATABASE_URL"] = f"sqlite:///{other.home / 'town.db'}"
        other.environment["DIAODU_DATA_DIR"] = str(other.home / "data")
        assert "--port" in other.run("serve", "--port", port, code=1)


@pytest.mark.slow
def test_a_backup_put_back_holds_sending_until_confirmed(place):
    place.run("invite", "老赵", "--admin")
    place.run("backup", "copy.db")
    with place.serving():
        place.run("import", str(LEDGER))
    shutil.copy(place.home / "copy.db", place.home / "town.db")
    for name in ("town.db-wal", "town.db-shm"):
        (place.home / name).unlink(missing_ok=True)
    with place.serving():
        assert "diaodu serve --resume" in place.log
        lines = {line["check"]: line["state"] for line in place.json("doctor")}
        assert lines["log"] == lines["sending"] == "warn"
    with place.serving("--resume"):
        lines = {line["check"]: line["state"] for line in place.json("doctor")}
        assert lines["log"] == lines["sending"] == "ok"
    assert place.log.count("serve --resume") == 1


def test_a_secret_that_does_not_fit_stops_the_start(place):
    place.run("import", str(LEDGER))
    assert "secret.key" in place.run("serve", code=1, DIAODU_SECRET_KEY="another")


@pytest.mark.slow
def test_a_token_is_in_no_output(place):
    """Telegram answers 401 there: the page stays up, and nothing tells the token."""

    class Refusing(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers.get("content-length") or 0))
            self.send_response(401)
            self.end_headers()
            self.wfile.write(b'{"ok": false, "error_code": 401, "description": "Unauthorized"}')
            asked.set()

        def log_message(self, *words):
            pass

    asked = threading.Event()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Refusing)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings = {
        "DIAODU_TELEGRAM_TOKEN": CANARY, "DIAODU_TELEGRAM_API_URL": f"http://127.0.0.1:{server.server_port}", "DIAODU_LOG_LEVEL": "DEBUG",
    }  # fmt: skip
    try:
        with place.serving(**settings):
            assert asked.wait(20)
            until(lambda: "channel stopped" in place.log)
            place.run("invite", "老赵", "--admin")
    finally:
        server.shutdown()
        server.server_close()
    assert "channel stopped" in place.log
    assert CANARY not in place.log and CANARY.partition(":")[2] not in place.log


@pytest.mark.slow
def test_once_the_bots_name_is_known_an_invite_comes_with_a_link_and_the_menu_is_set(place):
    place.run("invite", "老赵", "--admin")
    with BotApi() as api:
        with place.serving(DIAODU_TELEGRAM_TOKEN=api.token, DIAODU_TELEGRAM_API_URL=api.url):
            until(lambda: api.calls("getUpdates"))
            until(lambda: place.json("invite", "老赵")["links"])
        [menu_set] = api.calls("setMyCommands")
    made = place.json("invite", "老赵")
    assert made["links"] == {"telegram": f"https://t.me/diaodu_bot?start={made['code']}"}, (
        "remembered when it does not run"
    )
    assert {"command": "report", "description": "填报进展"} in json.loads(menu_set.params["commands"])


def until(fact, seconds=20.0):
    end = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < end
        time.sleep(0.05)


# --- the demonstration and the menu -----------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_demonstration_starts_and_goes_on_where_it_was(place):
    def played(*words, end=signal.SIGTERM):
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "demo", "--port", "0", *words], cwd=place.home, env=place.environment, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        line = process.stdout.readline()
        address = re.search(r"http://[\d.:]+/", line).group()
        try:
            with urllib.request.urlopen(address, timeout=20) as answer:
                assert "演示" in answer.read().decode() and "演示" in line
            request = urllib.request.Request(
                f"{address}demo/clock", b'{"to": "hour"}', {"content-type": "application/json", "x-diaodu": "1"}
            )
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.loads(answer.read())
        finally:
            process.send_signal(end)
            assert process.wait(20) == (0 if end == signal.SIGTERM else -end)

    first, second = played("--at", "2026-11-24T10:00"), played()
    assert (first["time"], second["time"]) == ("11:00", "12:00")
    morning = played("--at", "2026-11-25T08:00", end=signal.SIGKILL)
    assert played()["day"] == morning["day"] != second["day"], "killed, it does not go back to its last note"
    assert not (place.home / "town.db").exists(), "the demonstration keeps to its own folder"


def test_the_menu_has_words_for_every_command_that_everybody_may_use():
    wanted = [route.command for route in COMMANDS if route.right is None]
    for locale in LOCALES:
        shown = dict(menu(locale))
        assert set(wanted) <= set(shown)
        assert not {route.command for route in COMMANDS if route.right is Action.ADMINISTER} & set(shown)
        assert all(
            re.fullmatch(r"[a-z_]{1,32}", command) and 3 <= len(words) <= 256 for command, words in shown.items()
        )


def test_a_persons_words_are_erased_after_yes_and_with_a_reason(place):
    place.run("post", "李四", "调度员", "长泉区", "--new")
    assert "--why" in place.run("erase", "李四", code=2) + " --why"
    assert "--yes" in place.run("erase", "李四", "--why", "本人申请", code=1)
    assert "已清除 李四" in place.run("erase", "李四", "--why", "本人申请", "--yes")
    assert place.json("erase", "李四", "--why", "本人申请", "--yes")["name"] == "李四"
    assert place.run("log", "verify", "--rows")
