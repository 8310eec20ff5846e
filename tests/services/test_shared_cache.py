"""Values of a Redis that other programs may write to: never executed, and never believed without a MAC."""

import json
import os
import pickle
import uuid

import pytest
from redis import Redis
from structlog.testing import capture_logs

from lti_tool.services.counters import UNVERIFIED
from lti_tool.services.shared_cache import MAX_VALUE_BYTES, AuthenticatedRedisCache, shared_cache

SECRET = "a secret of the tests that is long enough"


@pytest.fixture
def redis(redis_url):
    client = Redis.from_url(redis_url)
    yield client
    client.close()


@pytest.fixture
def prefix(redis):
    prefix = f"lms_{uuid.uuid4().hex}"
    yield prefix
    for key in redis.scan_iter(f"{prefix}*"):
        redis.delete(key)


@pytest.fixture
def cache(redis_url, prefix):
    return shared_cache(redis_url, SECRET, prefix)


class _RunsACommand:
    """A malicious pickle: loading it runs a command."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.system, (f"touch {self.path}",)


def _alarms():
    return UNVERIFIED.labels("cache")._value.get()


def test_a_pickle_is_a_miss_and_an_alarm(redis, prefix, cache, tmp_path):
    proof = tmp_path / "executed"
    # cachelib wrote pickles with a leading "!", under the key itself.
    for data in (pickle.dumps(_RunsACommand(proof)), b"!" + pickle.dumps(_RunsACommand(proof))):
        redis.set(f"{prefix}:cache:jwks:x", data)
        before = _alarms()
        with capture_logs() as logs:
            assert cache.get("jwks:x") is None
        assert _alarms() == before + 1
        assert [(log["event"], log["entry"], log["log_level"]) for log in logs] == [
            ("shared.unverified", "jwks", "error")
        ]
    assert not proof.exists()


@pytest.mark.parametrize(
    "data",
    [
        b'{"until":null,"value":{"keys":[]}}',
        b"1" + bytes(32) + b'{"until":null,"value":{"keys":[]}}',
        b"2",
        b"1",
        b"[" * 100_000,
        b"9" * (2 * MAX_VALUE_BYTES),
    ],
    ids=["plain", "empty-mac", "version", "cut", "nested", "large"],
)
def test_a_value_without_our_mac_is_a_miss(redis, prefix, cache, data):
    redis.set(f"{prefix}:cache:jwks:x", data)
    before = _alarms()
    assert cache.get("jwks:x") is None
    assert _alarms() == before + 1
    assert cache.shared, "Redis itself still answers"


def test_a_key_of_another_type_is_a_miss(redis, prefix, cache):
    redis.lpush(f"{prefix}:cache:jwks:x", "1")
    assert cache.get("jwks:x") is None
    assert cache.shared


def test_a_value_does_not_verify_under_another_name_or_secret(redis, redis_url, prefix, cache):
    cache.set("jwks:mine", {"keys": ["mine"]})
    redis.copy(f"{prefix}:cache:jwks:mine", f"{prefix}:cache:jwks:yours")
    assert cache.get("jwks:yours") is None
    assert shared_cache(redis_url, "another secret key", prefix).get("jwks:mine") is None
    assert cache.get("jwks:mine") == {"keys": ["mine"]}


def test_a_value_that_is_restored_after_its_lifetime_is_a_miss(redis, prefix):
    moment = [1_000_000.0]
    cache = AuthenticatedRedisCache(redis, SECRET, prefix, clock=lambda: moment[0])
    cache.set("jwks:x", {"keys": ["old"]}, timeout=60)
    redis.persist(f"{prefix}:cache:jwks:x")
    assert cache.get("jwks:x") == {"keys": ["old"]}
    moment[0] += 61
    assert cache.get("jwks:x") is None


def test_values_and_counters_are_stored_under_the_prefix(redis, prefix, cache):
    cache.set("a", [1, "b", None])
    assert cache.get("a") == [1, "b", None]
    assert not cache.add("a", 2)
    assert [cache.inc("n"), cache.inc("n", 2)] == [1, 3]
    assert {key.decode() for key in redis.scan_iter(f"{prefix}*")} == {
        f"{prefix}:cache:a",
        f"{prefix}:cache:counter:n",
    }
    assert json.loads(redis.get(f"{prefix}:cache:a")[33:])["value"] == [1, "b", None]
    cache.delete("n")
    assert cache.inc("n") == 1


def test_a_value_that_is_too_large_is_not_stored(cache):
    assert cache.set("a", "x" * MAX_VALUE_BYTES) is False
    assert cache.get("a") is None
