"""compose.yaml: passwords are generated, and PostgreSQL and Redis use them."""

import re
import shutil
import socket
import stat
import subprocess
import time
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import AuthenticationError
from redis.exceptions import ConnectionError as RedisAway

ROOT = Path(__file__).parents[2]
COMPOSE = (ROOT / "compose.yaml").read_text(encoding="utf-8")


def _generate(path):
    return subprocess.run(
        ["sh", ROOT / "config" / "new_passwords.sh", path], check=False, capture_output=True, text=True
    )


def _values(path):
    return dict(line.split("=", 1) for line in path.read_text().splitlines())


def test_each_run_generates_new_passwords_that_only_the_owner_can_read(tmp_path):
    assert _generate(tmp_path / "a").returncode == 0
    assert _generate(tmp_path / "b").returncode == 0
    first, second = _values(tmp_path / "a"), _values(tmp_path / "b")
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o600
    assert all(first[name] != second[name] for name in first)
    assert all(re.fullmatch("[0-9a-f]{48}", first[name]) for name in ("POSTGRES_PASSWORD", "REDIS_PASSWORD"))
    assert first["LTI_TOOL_DATABASE_URL"] == f"postgresql+psycopg://tool:{first['POSTGRES_PASSWORD']}@database/tool"
    assert first["LTI_TOOL_QUEUE_URL"] == f"redis://:{first['REDIS_PASSWORD']}@cache/0"


def test_existing_passwords_are_not_overwritten(tmp_path):
    (tmp_path / "a").write_text("mine")
    assert _generate(tmp_path / "a").returncode != 0
    assert (tmp_path / "a").read_text() == "mine"


def test_compose_contains_no_password():
    assert not re.search(r"PASSWORD:|://[^ ]*:[^ ]*@", COMPOSE)
    assert COMPOSE.count(".env.passwords") >= 3


@pytest.mark.skipif(shutil.which("redis-server") is None, reason="redis-server is not installed")
@pytest.mark.slow
def test_redis_asks_for_the_password(tmp_path):
    command = re.search(r"command: \[\"sh\", \"-c\", '(.*)'\]", COMPOSE)[1].replace("$$", "$")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    process = subprocess.Popen(
        ["sh", "-c", f"{command} --port {port} --bind 127.0.0.1"],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin:/usr/local/bin", "REDIS_PASSWORD": "generated"},
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait_for(Redis(port=port, password="generated"))
        with pytest.raises(AuthenticationError):
            Redis(port=port).ping()
        arguments = subprocess.run(["ps", "ax", "-o", "args"], check=False, capture_output=True, text=True).stdout
        assert "requirepass generated" not in arguments
    finally:
        Redis(port=port, password="generated").shutdown(nosave=True)
        process.wait(10)


def _wait_for(redis):
    deadline = time.monotonic() + 60
    while True:
        try:
            redis.ping()
        except RedisAway:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        else:
            return
