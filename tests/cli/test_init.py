"""`init` writes settings with which the tool starts, or says all that is missing."""

import stat

import pytest

from config.settings import Settings
from tests.support.cli import run

API_KEY = "examp_" + "k" * 32


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LTI_TOOL_EXAMPLARY_API_KEY", raising=False)
    monkeypatch.setenv("LTI_TOOL_ENVIRONMENT", "production")
    return tmp_path


@pytest.fixture
def api_key(monkeypatch):
    monkeypatch.setenv("LTI_TOOL_EXAMPLARY_API_KEY", API_KEY)


def test_the_file_is_valid_in_production_and_explains_itself(folder, api_key):
    result = run("init", "--base-url", "https://exams.example.org", "--languages", "nl,en")
    assert result.exit_code == 0, result.output
    file = folder / ".env"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    settings = Settings(_env_file=file)
    assert (settings.base_url, settings.trusted_proxies, settings.languages) == (
        "https://exams.example.org",
        1,
        ("nl", "en"),
    )
    assert settings.examplary_api_key.get_secret_value() == API_KEY
    assert "# Signs the links of a launch" in file.read_text()


def test_each_file_has_its_own_keys_and_the_terminal_shows_none(folder, api_key):
    results = [run("init", "--base-url", "https://exams.example.org", "--file", name) for name in ("a", "b")]
    first, second = (Settings(_env_file=folder / name) for name in ("a", "b"))
    for name in ("secret_key", "encryption_keys", "metrics_token"):
        ours = getattr(first, name).get_secret_value()
        theirs = getattr(second, name).get_secret_value()
        assert ours != theirs
        assert ours not in results[0].output
    assert API_KEY not in results[0].output


def test_everything_that_is_missing_or_wrong_is_named_at_once(folder):
    result = run("init", "--languages", "xx", "--database-url", "oracle://x", "--base-url", "http://x.example")
    assert result.exit_code == 1
    for name in ("BASE_URL", "EXAMPLARY_API_KEY", "LANGUAGES", "DATABASE_URL"):
        assert f"LTI_TOOL_{name}" in result.output
    assert list(folder.iterdir()) == []


def test_an_existing_file_stays(folder, api_key):
    (folder / ".env").write_text("mine")
    assert run("init", "--base-url", "https://exams.example.org").exit_code == 1
    assert (folder / ".env").read_text() == "mine"


def test_the_api_key_may_come_from_a_file(folder):
    (folder / "key").write_text(f"{API_KEY}\n")
    assert run("init", "--base-url", "https://exams.example.org", "--api-key-file", "key").exit_code == 0
    assert Settings(_env_file=folder / ".env").examplary_api_key.get_secret_value() == API_KEY
