"""`.env.example` and the settings are in step, and a wrong setting is named in one line."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.config import Settings, secret, secret_file

EXAMPLE = Path(__file__).parents[1] / ".env.example"


def written() -> dict[str, str]:
    return dict(re.findall(r"^(DIAODU_[A-Z_]+)=(.*)$", EXAMPLE.read_text("utf-8"), re.MULTILINE))


def test_every_setting_stands_in_the_example_and_nothing_else_does():
    assert set(written()) == {f"DIAODU_{name.upper()}" for name in Settings.model_fields}


def test_the_example_shows_the_defaults(monkeypatch):
    for name in written():
        monkeypatch.delenv(name, raising=False)
    assert Settings(_env_file=EXAMPLE) == Settings(_env_file=None)


def test_every_setting_has_a_comment_above_it():
    lines = EXAMPLE.read_text("utf-8").splitlines()
    blocks = "\n".join(lines).split("\n\n")
    for name in written():
        block = next(block for block in blocks if re.search(rf"^{name}=", block, re.MULTILINE))
        assert block.startswith("#"), name


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("timezone", "Mars/Olympus", "there is no time zone"),
        ("locale", "fr", "zh_CN"),
        ("web_port", 70000, "65535"),
        ("log_level", "LOUD", "INFO"),
        ("telegram_webhook_url", "https://example.org/telegram", "WEBHOOK_SECRET"),
    ],
)
def test_what_cannot_be_is_refused(name, value, said):
    with pytest.raises(ValidationError, match=said):
        Settings(_env_file=None, **{name: value})


def test_secrets_do_not_show_when_the_settings_are_printed():
    hidden = {"secret_key": "s-e-c-r-e-t", "telegram_token": "123:abc", "telegram_webhook_secret": "p0s3id0n"}
    shown = repr(Settings(_env_file=None, **hidden))
    assert not any(value in shown for value in hidden.values())


def test_a_secret_is_made_once_for_this_user_alone(tmp_path):
    settings = Settings(_env_file=None, data_dir=tmp_path / "data", secret_key="")
    first, made = secret(settings)
    assert made and len(first) >= 32
    assert secret_file(settings).stat().st_mode & 0o777 == 0o600
    assert secret(settings) == (first, False)


def test_a_secret_that_is_set_is_taken(tmp_path):
    settings = Settings(_env_file=None, data_dir=tmp_path / "data", secret_key="mine")
    assert secret(settings) == ("mine", False)
    assert not secret_file(settings).exists()
