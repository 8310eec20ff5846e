"""What gunicorn itself writes names no path: launch tokens and capabilities stand in paths."""

import importlib.util
import logging
from pathlib import Path

import pytest

CONF = Path(__file__).parents[2] / "config" / "gunicorn.conf.py"


@pytest.fixture(scope="module")
def conf():
    spec = importlib.util.spec_from_file_location("gunicorn_conf", CONF)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("message", "values", "written"),
    [
        ("Error handling request %s %s", ("POST", "/l/secret-token/hint"), "Error handling request"),
        ("Error handling request (no URI read)", (), "Error handling request"),
        ("Invalid request from ip=10.1.2.3: GET /l/secret-token", (), "Invalid request from"),
        ("Booting worker with pid: %s", (7,), "Booting worker with pid: 7"),
    ],
)
def test_a_line_of_gunicorn_names_no_path_and_nobody(conf, message, values, written):
    record = logging.LogRecord("gunicorn.error", logging.ERROR, "", 0, message, values, None)
    assert conf.without_paths(record)
    assert record.getMessage() == written
