"""Rate limits and circuit breaker, shared by all workers, or local while Redis is unreachable."""

import uuid

import pytest
from cachelib import SimpleCache
from redis.exceptions import ConnectionError as RedisAway

from lti_tool.errors import SettingsError
from lti_tool.examplary import RateLimited, Unavailable
from lti_tool.services import shared_cache as shared
from lti_tool.services.generations.examplary_limits import FAILURES, MAX_WAIT_SECONDS, ExamplaryLimits
from lti_tool.services.shared_cache import PAUSE, Fallback, SharedCache

NOBODY = "redis://127.0.0.1:1/0"
SECRET, PREFIX = "a secret of the tests that is long enough", "examplary_lms_test"


def shared_cache(url):
    return shared.shared_cache(url, SECRET, PREFIX)


def shared_rate_limit(url):
    return shared.shared_rate_limit(url, PREFIX)


class RecordingObserver:
    def __init__(self):
        self.outcomes = []

    def observe(self, endpoint, outcome, seconds):
        self.outcomes.append((endpoint, outcome))


def make_limits(key="key", url="memory://", per_minute=3, rate_limit=None, cache=None, observer=None):
    slept = []
    limits = ExamplaryLimits(
        key,
        rate_limit=rate_limit or shared_rate_limit(url),
        cache=cache or shared_cache(url),
        per_minute=per_minute,
        observer=observer or RecordingObserver(),
        sleep=slept.append,
    )
    limits.slept = slept
    return limits


def test_a_call_waits_for_its_turn_until_a_timeout():
    limited = make_limits()
    for _ in range(3):
        limited.acquire("POST /users")
    assert limited.slept == []
    with pytest.raises(RateLimited) as refused:
        limited.acquire("POST /users")
    assert sum(limited.slept) == MAX_WAIT_SECONDS
    assert refused.value.retry_after


def test_each_kind_of_call_and_each_key_has_its_own_limit():
    rate_limit, cache = shared_rate_limit("memory://"), shared_cache("memory://")
    first = make_limits("one", rate_limit=rate_limit, cache=cache)
    for _ in range(3):
        first.acquire("POST /users")
        first.acquire("POST /embed-sessions")
    for _ in range(15):
        first.acquire("GET /exams/{id}")
    make_limits("two", rate_limit=rate_limit, cache=cache).acquire("POST /users")
    with pytest.raises(RateLimited):
        first.acquire("POST /users")


def test_consecutive_failures_open_the_circuit():
    notes = RecordingObserver()
    broken = make_limits(observer=notes)
    for _ in range(FAILURES):
        broken.acquire("GET /exams/{id}")
        broken.observe("GET /exams/{id}", "examplary.unavailable", 0.1)
    with pytest.raises(Unavailable) as refused:
        broken.acquire("GET /exams/{id}")
    assert refused.value.retry_after
    assert notes.outcomes[-1] == ("GET /exams/{id}", "circuit")


@pytest.mark.parametrize("answer", ["ok", "examplary.not_found", "examplary.key_refused"])
def test_any_response_between_failures_keeps_the_circuit_closed(answer):
    ailing = make_limits()
    for _ in range(3 * FAILURES):
        ailing.observe("GET /me", "examplary.unavailable", 0.1)
        ailing.observe("GET /me", answer, 0.1)
    ailing.acquire("GET /me")


def test_one_failure_after_the_pause_opens_the_circuit_again():
    cache = SimpleCache()
    down = make_limits(cache=cache)
    for _ in range(FAILURES):
        down.observe("GET /me", "examplary.unavailable", 0.1)
    cache.delete(down._open_key)
    down.acquire("GET /me")
    down.observe("GET /me", "examplary.unavailable", 0.1)
    with pytest.raises(Unavailable):
        down.acquire("GET /me")


def test_machines_share_limit_and_circuit_through_redis(redis_url):
    key = uuid.uuid4().hex
    first, second = make_limits(key, redis_url), make_limits(key, redis_url)
    for worker in (first, second, first):
        worker.acquire("POST /users")
    with pytest.raises(RateLimited):
        second.acquire("POST /users")
    for worker in (first, second) * FAILURES:
        worker.observe("GET /me", "examplary.unavailable", 0.1)
    with pytest.raises(Unavailable):
        first.acquire("GET /me")


def test_without_redis_each_worker_counts_separately():
    alone = make_limits(url=NOBODY)
    for _ in range(3):
        alone.acquire("POST /users")
    with pytest.raises(RateLimited):
        alone.acquire("POST /users")
    for _ in range(FAILURES):
        alone.observe("GET /me", "examplary.unavailable", 0.1)
    with pytest.raises(Unavailable):
        alone.acquire("GET /me")


class Gone:
    """A stopped Redis."""

    def __init__(self):
        self.was_sent = 0

    def get(self, key):
        self.was_sent += 1
        raise RedisAway("127.0.0.1:6379 refused")


def test_an_unreachable_redis_is_not_called_for_a_while():
    moment, gone = [0.0], Gone()
    cache = SharedCache(gone, Fallback("cache", (RedisAway,), clock=lambda: moment[0]))
    assert [cache.get("a") for _ in range(5)] == [None] * 5
    assert (gone.was_sent, cache.shared) == (1, False)
    moment[0] += PAUSE
    assert cache.shared
    cache.get("a")
    assert gone.was_sent == 2


def test_the_local_cache_stores_values_without_redis():
    cache = shared_cache(NOBODY)
    cache.set("a", {"b": 1}, timeout=60)
    assert cache.get("a") == {"b": 1}
    assert not cache.add("a", 2)
    assert [cache.inc("n"), cache.inc("n")] == [1, 2]
    cache.delete("a")
    assert cache.get("a") is None


def test_redis_shares_values(redis_url):
    name = uuid.uuid4().hex
    shared_cache(redis_url).set(name, {"b": 1}, timeout=60)
    assert shared_cache(redis_url).get(name) == {"b": 1}
    assert shared_cache(redis_url).add(name, 2) is False
    shared_cache(redis_url).delete(name)
    assert shared_cache(redis_url).get(name) is None


def test_an_invalid_cache_url_is_rejected():
    with pytest.raises(SettingsError):
        shared_rate_limit("ftp://example.org")
