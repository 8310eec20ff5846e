"""Settings, and those that stop the start."""

import re
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from pydantic import ValidationError

from config.settings import Environment, Settings, read_settings

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
        ("queue_url", "memory://", "LTI_TOOL_QUEUE_URL"),
        ("database_url", "sqlite://", "LTI_TOOL_DATABASE_URL"),
        ("database_url", "sqlite:///:memory:", "LTI_TOOL_DATABASE_URL"),
        ("base_url", "exams.example.org", "base_url"),
    ],
)
def test_production_rejects_unsafe_settings(name, value, sentence):
    with pytest.raises(ValidationError, match=sentence):
        Settings(_env_file=None, **(FIT | {name: value}))


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
