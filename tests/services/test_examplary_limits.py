"""Limits and circuit, shared by all workers; each counts for itself while Redis is away."""

import os
import uuid

import pytest
from cachelib import SimpleCache
from redis.exceptions import ConnectionError as RedisAway

from lti_tool.errors import SettingsError
from lti_tool.examplary import RateLimited, Unavailable
from lti_tool.services.generations.examplary_limits import FAILURES, PATIENCE, ExamplaryLimits
from lti_tool.services.operations.shared_cache import PAUSE, Fallback, SharedCache, shared_cache, shared_rate_limit

REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/9")
NOBODY = "redis://127.0.0.1:1/0"


class Notes:
    def __init__(self):
        self.seen = []

    def observe(self, endpoint, outcome, seconds):
        self.seen.append((endpoint, outcome))


def guard(key="key", url="memory://", per_minute=3, window=None, cache=None, then=None):
    slept = []
    made = ExamplaryLimits(
        key,
        window=window or shared_rate_limit(url),
        cache=cache or shared_cache(url),
        per_minute=per_minute,
        then=then or Notes(),
        sleep=slept.append,
    )
    made.slept = slept
    return made


def test_a_call_waits_for_its_turn_and_then_gives_up():
    limited = guard()
    for _ in range(3):
        limited.acquire("POST /users")
    assert limited.slept == []
    with pytest.raises(RateLimited) as refused:
        limited.acquire("POST /users")
    assert sum(limited.slept) == PATIENCE
    assert refused.value.retry_after


def test_each_kind_of_call_and_each_key_has_its_own_limit():
    window, cache = shared_rate_limit("memory://"), shared_cache("memory://")
    one = guard("one", window=window, cache=cache)
    for _ in range(3):
        one.acquire("POST /users")
        one.acquire("POST /embed-sessions")
    for _ in range(15):
        one.acquire("GET /exams/{id}")
    guard("two", window=window, cache=cache).acquire("POST /users")


def test_after_failures_in_a_row_the_circuit_opens_and_teachers_are_told_at_once():
    notes = Notes()
    broken = guard(then=notes)
    for _ in range(FAILURES):
        broken.acquire("GET /exams/{id}")
        broken.observe("GET /exams/{id}", "examplary.unavailable", 0.1)
    with pytest.raises(Unavailable) as refused:
        broken.acquire("GET /exams/{id}")
    assert refused.value.retry_after
    assert notes.seen[-1] == ("GET /exams/{id}", "circuit")


@pytest.mark.parametrize("answer", ["ok", "examplary.not_found", "examplary.key_refused"])
def test_any_answer_between_failures_keeps_the_circuit_closed(answer):
    ailing = guard()
    for _ in range(3 * FAILURES):
        ailing.observe("GET /me", "examplary.unavailable", 0.1)
        ailing.observe("GET /me", answer, 0.1)
    ailing.acquire("GET /me")


def test_after_the_pause_calls_may_try_and_one_failure_opens_it_again():
    cache = SimpleCache()
    down = guard(cache=cache)
    for _ in range(FAILURES):
        down.observe("GET /me", "examplary.unavailable", 0.1)
    cache.delete(down._open)
    down.acquire("GET /me")
    down.observe("GET /me", "examplary.unavailable", 0.1)
    with pytest.raises(Unavailable):
        down.acquire("GET /me")


def test_workers_on_two_machines_share_limit_and_circuit_through_redis():
    key = uuid.uuid4().hex
    one, two = guard(key, REDIS), guard(key, REDIS)
    for worker in (one, two, one):
        worker.acquire("POST /users")
    with pytest.raises(RateLimited):
        two.acquire("POST /users")
    for worker in (one, two) * FAILURES:
        worker.observe("GET /me", "examplary.unavailable", 0.1)
    with pytest.raises(Unavailable):
        one.acquire("GET /me")


def test_while_redis_is_away_each_worker_counts_for_itself():
    alone = guard(url=NOBODY)
    for _ in range(3):
        alone.acquire("POST /users")
    with pytest.raises(RateLimited):
        alone.acquire("POST /users")
    for _ in range(FAILURES):
        alone.observe("GET /me", "examplary.unavailable", 0.1)
    with pytest.raises(Unavailable):
        alone.acquire("GET /me")


class Gone:
    """A Redis that was stopped."""

    def __init__(self):
        self.was_sent = 0

    def get(self, key):
        self.was_sent += 1
        raise RedisAway("127.0.0.1:6379 refused")


def test_a_redis_that_does_not_answer_is_left_alone_for_a_while():
    moment, gone = [0.0], Gone()
    cache = SharedCache(gone, Fallback("cache", (RedisAway,), clock=lambda: moment[0]))
    assert [cache.get("a") for _ in range(5)] == [None] * 5
    assert (gone.was_sent, cache.shared) == (1, False)
    moment[0] += PAUSE
    assert cache.shared
    cache.get("a")
    assert gone.was_sent == 2


def test_the_own_cache_keeps_what_is_kept_meanwhile():
    cache = shared_cache(NOBODY)
    cache.set("a", {"b": 1}, timeout=60)
    assert cache.get("a") == {"b": 1}
    assert not cache.add("a", 2)
    assert [cache.inc("n"), cache.inc("n")] == [1, 2]
    cache.delete("a")
    assert cache.get("a") is None


def test_redis_keeps_what_is_kept_for_everybody():
    name = uuid.uuid4().hex
    shared_cache(REDIS).set(name, {"b": 1}, timeout=60)
    assert shared_cache(REDIS).get(name) == {"b": 1}
    assert shared_cache(REDIS).add(name, 2) is False
    shared_cache(REDIS).delete(name)
    assert shared_cache(REDIS).get(name) is None


def test_an_address_that_names_no_cache_is_refused():
    with pytest.raises(SettingsError):
        shared_rate_limit("ftp://example.org")
