"""Settings, and those that stop the start."""

import json
import re
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from pydantic import ValidationError

from config.settings import Environment, Settings, read_server_settings, read_settings

FIT = {
    "base_url": "https://exams.example.org/",
    "secret_key": "s" * 32,
    "encryption_keys": Fernet.generate_key().decode(),
    "examplary_api_key": "examp_" + "a" * 32,
}


def test_production_needs_only_the_four_values_without_defaults():
    settings = Settings(_env_file=None, **FIT)
    assert settings.environment is Environment.PRODUCTION
    assert settings.base_url == "https://exams.example.org"
    assert settings.secure
    assert not settings.stand_ins_allowed


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("base_url", "http://exams.example.org", "LTI_TOOL_BASE_URL"),
        ("secret_key", "short", "LTI_TOOL_SECRET_KEY"),
        ("encryption_keys", "", "LTI_TOOL_ENCRYPTION_KEYS"),
        ("examplary_api_key", "", "LTI_TOOL_EXAMPLARY_API_KEY"),
        ("examplary_api_url", "http://127.0.0.1:9", "LTI_TOOL_EXAMPLARY_API_URL"),
        ("trusted_media_hosts", "examplary.localhost", "LTI_TOOL_TRUSTED_MEDIA_HOSTS"),
        ("package_days", "3", "package_days"),
        ("base_url", "https://exams.example.org/?a=1", "LTI_TOOL_BASE_URL"),
        ("base_url", "https://exams.example.org/#a", "LTI_TOOL_BASE_URL"),
        ("base_url", "https://me:secret@exams.example.org", "LTI_TOOL_BASE_URL"),
        ("base_url", "https://exams.example.org:99999", "LTI_TOOL_BASE_URL"),
        ("base_url", "https://exams.example.org:0", "LTI_TOOL_BASE_URL"),
        ("base_url", "https://exams example.org", "LTI_TOOL_BASE_URL"),
        ("base_url", "https://exams.example.org/a//b", "LTI_TOOL_BASE_URL"),
        ("base_url", "https://exams.example.org/../b", "LTI_TOOL_BASE_URL"),
        ("base_url", "https://exams.example.org/%2e", "LTI_TOOL_BASE_URL"),
        ("base_url", "https://exams.example.org/lti", "LTI_TOOL_BASE_URL"),
        ("base_url", "https://exams.example.org/static/x", "LTI_TOOL_BASE_URL"),
        ("examplary_api_url", "https://api.examplary.ai/?key=1", "LTI_TOOL_EXAMPLARY_API_URL"),
        ("encryption_keys", "not a key", "LTI_TOOL_ENCRYPTION_KEYS"),
        ("encryption_keys", '["a"]', "LTI_TOOL_ENCRYPTION_KEYS"),
        ("database_url", "nonsense", "LTI_TOOL_DATABASE_URL"),
        ("database_url", "oracle://a/b", "LTI_TOOL_DATABASE_URL"),
        ("database_url", "postgresql+nonsense://a/b", "LTI_TOOL_DATABASE_URL"),
        ("database_url", "postgresql://a:b/c", "LTI_TOOL_DATABASE_URL"),
        ("database_url", "postgresql+psycopg2://a/b", "LTI_TOOL_DATABASE_URL needs psycopg2"),
        ("queue_url", "nonsense", "LTI_TOOL_QUEUE_URL"),
        ("queue_url", "postgresql+psycopg://a/b", "LTI_TOOL_QUEUE_URL"),
        ("queue_url", "redis:///0", "LTI_TOOL_QUEUE_URL"),
        ("queue_url", "redis://cache/zero", "LTI_TOOL_QUEUE_URL"),
        ("queue_url", "redis://cache:port/0", "LTI_TOOL_QUEUE_URL"),
        ("queue_url", "sqlite://", "LTI_TOOL_QUEUE_URL"),
        ("cache_url", "nonsense", "LTI_TOOL_CACHE_URL"),
        ("cache_url", "memcached://a", "LTI_TOOL_CACHE_URL"),
        ("cache_url", "async+redis://a", "LTI_TOOL_CACHE_URL"),
        ("languages", "[]", "LTI_TOOL_LANGUAGES must name a language"),
        ("languages", "", "LTI_TOOL_LANGUAGES must name a language"),
        ("languages", '["xx"]', "has no translation for xx; there are ar, de, en, es, fr, it, nl, pt"),
        ("languages", '["en"', "LTI_TOOL_LANGUAGES"),
        ("languages", "[1]", "LTI_TOOL_LANGUAGES"),
        ("theme_color", "blue", "LTI_TOOL_THEME_COLOR"),
        ("theme_color", "#4f46e5;}", "LTI_TOOL_THEME_COLOR"),
        ("synthetic_email_domain", "a b", "LTI_TOOL_SYNTHETIC_EMAIL_DOMAIN"),
        ("log_level", "LOUD", "log_level"),
        ("web_processes", "many", "web_processes"),
        ("web_threads", "0", "web_threads"),
        ("max_request_bytes", "-1", "max_request_bytes"),
        ("trusted_proxies", "one", "trusted_proxies"),
        ("queue_url", "memory://", "LTI_TOOL_QUEUE_URL"),
        ("database_url", "sqlite://", "LTI_TOOL_DATABASE_URL"),
        ("database_url", "sqlite:///:memory:", "LTI_TOOL_DATABASE_URL"),
        ("base_url", "exams.example.org", "base_url"),
    ],
)
def test_production_rejects_unsafe_settings(name, value, sentence):
    with pytest.raises(ValidationError, match=sentence):
        Settings(_env_file=None, **(FIT | {name: value}))


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("languages", "nl, en", ("nl", "en")),
        ("languages", '["nl", "en"]', ("nl", "en")),
        ("languages", "nl", ("nl",)),
        ("trusted_media_hosts", '["a.localhost"]', ("a.localhost",)),
        ("trusted_media_hosts", "a.localhost, b.localhost", ("a.localhost", "b.localhost")),
        ("base_url", "https://tools.university.edu/examplary/", "https://tools.university.edu/examplary"),
        ("base_url", "HTTPS://Tools.University.EDU:443/Examplary", "https://tools.university.edu/Examplary"),
        ("base_url", "https://hochschule-köln.de", "https://xn--hochschule-kln-6pb.de"),
        ("base_url", "http://[::1]:5000", "http://[::1]:5000"),
    ],
)
def test_lists_take_commas_or_json(monkeypatch, name, value, expected):
    monkeypatch.setenv("LTI_TOOL_ENVIRONMENT", "test")
    monkeypatch.setenv(f"LTI_TOOL_{name.upper()}", value)
    assert getattr(Settings(_env_file=None), name) == expected


def test_encryption_keys_take_commas_or_json():
    keys = [Fernet.generate_key().decode() for _ in range(2)]
    for written in (", ".join(keys), json.dumps(keys)):
        settings = Settings(_env_file=None, **FIT | {"encryption_keys": written})
        assert settings.encryption_keys.get_secret_value() == ",".join(keys)


def test_production_rejects_debug_mode(monkeypatch):
    monkeypatch.setenv("FLASK_DEBUG", "1")
    with pytest.raises(ValidationError, match="FLASK_DEBUG"):
        Settings(_env_file=None, **FIT)


def test_settings_come_from_the_environment_and_are_frozen(monkeypatch):
    monkeypatch.setenv("LTI_TOOL_ENVIRONMENT", "test")
    monkeypatch.setenv("LTI_TOOL_TRUSTED_MEDIA_HOSTS", "a.localhost, b.localhost")
    settings = Settings(_env_file=None)
    assert settings.trusted_media_hosts == ("a.localhost", "b.localhost")
    with pytest.raises(ValidationError):
        settings.base_url = "https://elsewhere.example.org"


def test_secrets_are_hidden_in_repr():
    settings = Settings(_env_file=None, **FIT)
    assert FIT["examplary_api_key"] not in repr(settings)
    assert FIT["secret_key"] not in repr(settings)


def test_the_example_lists_exactly_the_settings():
    example = (Path(__file__).parents[2] / "config" / "example.env").read_text()
    documented = set(re.findall(r"^#?LTI_TOOL_([A-Z_]+)=", example, re.MULTILINE))
    assert documented == {name.upper() for name in Settings.model_fields}


def test_invalid_settings_are_reported_without_their_values(monkeypatch):
    monkeypatch.setenv("LTI_TOOL_ENV_FILE", "")
    monkeypatch.setenv("LTI_TOOL_SECRET_KEY", "too short to be one")
    monkeypatch.setenv("LTI_TOOL_PACKAGE_DAYS", "3")
    with pytest.raises(SystemExit) as stopped:
        read_settings()
    assert "LTI_TOOL_PACKAGE_DAYS: Input should be greater than or equal to 7" in str(stopped.value)
    assert "too short to be one" not in str(stopped.value)
    monkeypatch.delenv("LTI_TOOL_PACKAGE_DAYS")
    with pytest.raises(SystemExit) as stopped:
        read_settings()
    assert "LTI_TOOL_SECRET_KEY must have at least 32 characters" in str(stopped.value)
    assert "Traceback" not in str(stopped.value)


@pytest.fixture
def stopped(monkeypatch):
    """Read the settings of an environment, and return the text with which the start is stopped."""
    monkeypatch.setenv("LTI_TOOL_ENVIRONMENT", "production")

    def read(function=read_settings, **values):
        for name, value in values.items():
            monkeypatch.setenv(f"LTI_TOOL_{name.upper()}", value)
        with pytest.raises(SystemExit) as raised:
            function()
        return str(raised.value)

    return read


def test_all_problems_are_reported_at_once(stopped):
    text = stopped(
        base_url="http://exams.example.org",
        secret_key="hush",
        encryption_keys="wrong",
        package_days="3",
        languages="xx",
        theme_color="red",
        queue_url="nonsense",
        thene_color="#000000",
    )
    names = ("BASE_URL", "SECRET_KEY", "ENCRYPTION_KEYS", "PACKAGE_DAYS", "LANGUAGES", "THEME_COLOR", "QUEUE_URL")
    assert all(f"  LTI_TOOL_{name}" in text for name in names)
    assert "  LTI_TOOL_EXAMPLARY_API_KEY is missing" in text
    assert "  LTI_TOOL_THENE_COLOR is no setting; do you mean LTI_TOOL_THEME_COLOR?" in text
    assert not any(secret in text for secret in ("hush", "wrong"))


def test_an_invalid_environment_does_not_hide_missing_production_settings(stopped):
    text = stopped(environment="prod")
    assert "LTI_TOOL_ENVIRONMENT" in text
    assert "LTI_TOOL_SECRET_KEY must have at least 32 characters" in text


def test_unknown_names_in_the_file_are_refused(stopped, monkeypatch, tmp_path):
    file = tmp_path / "settings"
    file.write_text("LTI_TOOL_DATABASE_URI=sqlite:///a\nOTHER=1\n")
    monkeypatch.setitem(Settings.model_config, "env_file", str(file))
    text = stopped()
    assert "LTI_TOOL_DATABASE_URI is no setting; do you mean LTI_TOOL_DATABASE_URL?" in text
    assert "OTHER" not in text


def test_a_script_name_that_is_not_the_path_of_the_base_url_is_refused(stopped, monkeypatch):
    monkeypatch.setenv("SCRIPT_NAME", "/other")
    assert "LTI_TOOL_BASE_URL must have the path of SCRIPT_NAME" in stopped(base_url="https://a.example/examplary")
    monkeypatch.setenv("SCRIPT_NAME", "/examplary")
    assert "SCRIPT_NAME" not in stopped()


def test_gunicorns_settings_need_no_secrets(monkeypatch, stopped):
    monkeypatch.setenv("LTI_TOOL_WEB_PROCESSES", "4")
    assert read_server_settings().web_processes == 4
    assert "LTI_TOOL_WEB_PROCESSES" in stopped(read_server_settings, web_processes="many")
