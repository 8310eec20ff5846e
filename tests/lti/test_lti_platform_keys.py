"""Key sets over HTTP: caching, rotation, and slow, invalid or huge responses."""

from __future__ import annotations

import json
import pickle
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor, as_completed
from urllib.parse import urlsplit

import pytest
import requests
from cachelib import SimpleCache
from redis import Redis
from werkzeug.wrappers import Response

from lti_tool.lti import PlatformKeys, jwks_fetch
from lti_tool.lti.protocol.errors import KeysUnreachable, KeysUnreadable
from lti_tool.lti.protocol.token_errors import KeyTooWeak, KeyUnknown
from lti_tool.security.encryption import fingerprint
from lti_tool.services.shared_cache import shared_cache

HOUR = 3600
SECRET = "a secret of the tests"


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def keys(clock):
    return PlatformKeys(requests.Session(), SimpleCache(threshold=1000), clock=clock)


def number(public) -> int:
    return public.public_numbers().n


def test_keys_are_fetched_once_and_cached(keys, jwks_server, keyring):
    jwks_server.show(keyring["first"].jwk(), keyring["second"].jwk())
    for kid in ("first", "second", "first"):
        assert number(keys.find(jwks_server.url, kid)) == number(keyring[kid].private.public_key())
    assert len(jwks_server.requests) == 1
    assert jwks_server.requests[0].headers["User-Agent"].startswith("examplary-lms/")


@pytest.mark.parametrize("changes", [{}, {"alg": "RS256"}, {"use": "sig"}, {"alg": "RS256", "use": "sig", "x": [1]}])
def test_alg_and_use_are_optional(keys, jwks_server, keyring, changes):
    jwks_server.show(keyring["first"].jwk(**changes))
    assert keys.find(jwks_server.url, "first")


@pytest.mark.parametrize(
    "changes", [{"alg": "RS512"}, {"use": "enc"}, {"kty": "EC"}, {"kid": None}, {"n": 5}, {"n": None}, {"e": "!"}]
)
def test_unreadable_keys_and_keys_for_other_purposes_are_ignored(keys, jwks_server, keyring, changes):
    jwks_server.show(keyring["first"].jwk(**changes))
    with pytest.raises(KeyUnknown):
        keys.find(jwks_server.url, "first")


def test_a_broken_key_does_not_affect_the_others(keys, jwks_server, keyring):
    jwks_server.show("text", {"kty": "RSA", "kid": "broken"}, keyring["first"].jwk())
    assert keys.find(jwks_server.url, "first")


def test_short_keys_are_refused(keys, jwks_server, keyring):
    jwks_server.show(keyring["weak"].jwk())
    with pytest.raises(KeyTooWeak):
        keys.find(jwks_server.url, "weak")


def test_a_rotation_is_noticed_at_once(keys, jwks_server, keyring, clock):
    jwks_server.show(keyring["first"].jwk())
    keys.find(jwks_server.url, "first")
    jwks_server.show(keyring["second"].jwk())
    clock.now += 60
    assert keys.find(jwks_server.url, "second")
    assert len(jwks_server.requests) == 2


def test_unknown_key_ids_cause_one_fetch(keys, jwks_server, keyring, clock):
    jwks_server.show(keyring["first"].jwk())
    keys.find(jwks_server.url, "first")
    clock.now += 60
    for index in range(5):
        with pytest.raises(KeyUnknown):
            keys.find(jwks_server.url, f"made-up-{index}")
    assert len(jwks_server.requests) == 2


def test_a_withdrawn_key_is_forgotten_within_the_hour(keys, jwks_server, keyring, clock):
    jwks_server.show(keyring["first"].jwk())
    keys.find(jwks_server.url, "first")
    jwks_server.show(keyring["second"].jwk())
    clock.now += HOUR + 1
    with pytest.raises(KeyUnknown):
        keys.find(jwks_server.url, "first")


def test_old_keys_are_used_while_the_platform_is_down(keys, jwks_server, keyring, clock):
    jwks_server.show(keyring["first"].jwk())
    keys.find(jwks_server.url, "first")
    jwks_server.answer = lambda request: Response("maintenance", status=503)
    clock.now += 24 * HOUR
    for _ in range(5):
        assert keys.find(jwks_server.url, "first")
    assert len(jwks_server.requests) == 2


@pytest.mark.parametrize(
    "body",
    ["<html>Log in</html>", "", "[]", '"keys"', '{"keys": {}}', '{"error": "x"}', "[" * 100_000, b"\xff\xfe\x00"],
)
def test_invalid_key_sets_are_not_cached(keys, jwks_server, body):
    jwks_server.answer = lambda request: Response(body, content_type="application/json")
    with pytest.raises(KeysUnreadable):
        keys.find(jwks_server.url, "first")
    with pytest.raises(KeysUnreachable):
        keys.find(jwks_server.url, "first")
    assert len(jwks_server.requests) == 1


def test_a_failure_is_cached_briefly(jwks_server, keyring, monkeypatch):
    monkeypatch.setattr("lti_tool.lti.store.platform_keys.PAUSE_SECONDS", 1)
    keys = PlatformKeys(requests.Session(), SimpleCache())
    jwks_server.answer = lambda request: Response('{"keys": "down"}', status=500)
    with pytest.raises(KeysUnreachable) as refusal:
        keys.find(jwks_server.url, "first")
    assert refusal.value.status == 502
    assert "500" in refusal.value.detail
    jwks_server.show(keyring["first"].jwk())
    time.sleep(1.1)
    assert keys.find(jwks_server.url, "first")


def test_an_unreachable_server(keys):
    with pytest.raises(KeysUnreachable):
        keys.find("http://127.0.0.1:9/jwks", "first")


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://x/y", "", "http://", "https://a b/"])
def test_invalid_addresses_are_not_fetched(keys, url):
    with pytest.raises(KeysUnreadable):
        keys.find(url, "first")


def test_a_silent_platform_does_not_hold_a_worker(keys, jwks_server, monkeypatch):
    monkeypatch.setattr(jwks_fetch, "READ_SECONDS", 0.2)

    def silent(request):
        time.sleep(60)
        return Response("{}")

    jwks_server.answer = silent
    began = time.monotonic()
    with pytest.raises(KeysUnreachable):
        keys.find(jwks_server.url, "first")
    assert time.monotonic() - began < 30


def test_a_dripping_platform_does_not_hold_a_worker(keys, jwks_server, monkeypatch):
    monkeypatch.setattr(jwks_fetch, "ALL_SECONDS", 0.3)

    def drip():
        for _ in range(1200):
            time.sleep(0.05)
            yield b" "

    jwks_server.answer = lambda request: Response(drip(), content_type="application/json")
    began = time.monotonic()
    with pytest.raises(KeysUnreachable):
        keys.find(jwks_server.url, "first")
    assert time.monotonic() - began < 30


def test_a_huge_response_is_not_read_completely(keys, jwks_server):
    chunks = []

    def body():
        for _ in range(160):
            chunks.append(65_536)
            yield b" " * 65_536

    jwks_server.answer = lambda request: Response(body(), content_type="application/json")
    with pytest.raises(KeysUnreadable):
        keys.find(jwks_server.url, "first")
    time.sleep(0.1)
    assert sum(chunks) < 9_000_000


def test_a_redirect_is_followed_and_a_loop_is_not(keys, jwks_server, keyring):
    def moved(request):
        if request.path == "/jwks":
            return Response(status=302, headers={"Location": "/elsewhere"})
        return Response(json.dumps({"keys": [keyring["first"].jwk()]}))

    jwks_server.answer = moved
    assert keys.find(jwks_server.url, "first")
    jwks_server.answer = lambda request: Response(status=302, headers={"Location": f"/{len(jwks_server.requests)}"})
    with pytest.raises(KeysUnreadable):
        keys.find(jwks_server.url + "2", "first")
    assert len(jwks_server.requests) == 6


@pytest.mark.parametrize("location", ["file:///etc/passwd", "gopher://x/", "http://user:pw@127.0.0.1/", "//"])
def test_redirects_to_elsewhere_are_refused(keys, jwks_server, location):
    jwks_server.answer = lambda request: Response(status=302, headers={"Location": location})
    with pytest.raises(KeysUnreadable):
        keys.find(jwks_server.url, "first")


@pytest.mark.parametrize("inside", ["169.254.169.254", "10.0.0.1", "127.0.0.2", "[::1]", "[::ffff:10.0.0.1]"])
def test_a_public_server_cannot_redirect_to_an_internal_address(keys, jwks_server, monkeypatch, inside):
    """The registrant chooses the address of the keys, which must not give access to our network."""
    hosts = []

    def moved(request):
        hosts.append(request.host)
        return Response(status=302, headers={"Location": f"http://{inside}:{port}/keys"})

    jwks_server.answer = moved
    port = urlsplit(jwks_server.url).port
    real = jwks_fetch.resolve
    addresses = {"localhost": ["1.1.1.1"]}
    monkeypatch.setattr(jwks_fetch, "resolve", lambda host, port: addresses.get(host) or real(host, port))
    with pytest.raises(KeysUnreadable):
        keys.find(f"http://localhost:{port}/jwks", "first")
    assert hosts == [f"localhost:{port}"]


def test_an_internal_lms_can_redirect_within_its_network(keys, jwks_server, keyring):
    def moved(request):
        if request.host.startswith("localhost"):
            return Response(status=302, headers={"Location": f"{jwks_server.url}/elsewhere"})
        return Response(json.dumps({"keys": [keyring["first"].jwk()]}))

    jwks_server.answer = moved
    assert keys.find(f"http://localhost:{urlsplit(jwks_server.url).port}/jwks", "first")


def test_threads_share_one_fetch(keys, jwks_server, keyring):
    def slow(request):
        time.sleep(0.2)
        return Response(json.dumps({"keys": [keyring["first"].jwk()]}))

    jwks_server.answer = slow
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: keys.find(jwks_server.url, "first"), range(8)))
    assert len({number(key) for key in results}) == 1
    assert len(jwks_server.requests) == 1


def test_only_one_caller_waits_for_a_refresh(keys, jwks_server, keyring, clock):
    jwks_server.show(keyring["first"].jwk())
    keys.find(jwks_server.url, "first")
    clock.now += HOUR + 1

    released = threading.Event()

    def wait_for_release(request):
        released.wait(60)
        return Response(json.dumps({"keys": [keyring["first"].jwk()]}))

    jwks_server.answer = wait_for_release
    with ThreadPoolExecutor(4) as pool:
        calls = [pool.submit(keys.find, jwks_server.url, "first") for _ in range(4)]
        try:
            completed = as_completed(calls, timeout=30)
            for _ in range(3):
                next(completed)
            assert [call.done() for call in calls].count(False) == 1
        finally:
            released.set()
    assert len(jwks_server.requests) == 2


def test_platforms_do_not_share_keys(keys, jwks_server, keyring):
    jwks_server.show(keyring["first"].jwk())
    keys.find(jwks_server.url, "first")
    jwks_server.show(keyring["first"].jwk() | {"n": keyring["second"].jwk()["n"]})
    assert number(keys.find(f"{jwks_server.url}?other", "first")) == number(keyring["second"].private.public_key())


def test_cookies_of_a_platform_are_not_stored(jwks_server, keyring):
    http = requests.Session()
    body = json.dumps({"keys": [keyring["first"].jwk()]})
    jwks_server.answer = lambda request: Response(body, headers={"Set-Cookie": "a=b"})
    PlatformKeys(http, SimpleCache()).find(jwks_server.url, "first")
    assert not http.cookies


class TestSharedCache:
    """Several processes with one cache, in memory or in Redis."""

    @pytest.fixture(params=["memory", "redis"])
    def make_process(self, request, clock):
        in_memory = SimpleCache()

        def make():
            cache = in_memory
            if request.param == "redis":
                cache = shared_cache(request.getfixturevalue("redis_url"), SECRET, "examplary_lms_test")
            return PlatformKeys(requests.Session(), cache, clock=clock)

        return make

    @pytest.fixture
    def address(self, jwks_server):
        """A unique address for each test, because the cache outlives it."""
        return f"{jwks_server.url}?{uuid.uuid4().hex}"

    def test_keys_that_others_write_to_redis_are_ignored(self, redis_url, jwks_server, address, keyring, clock):
        jwks_server.show(keyring["first"].jwk())
        forged = {"fetched_at": clock(), "keys": [keyring["second"].jwk() | {"kid": "first"}]}
        attacker = Redis.from_url(redis_url)
        for data in (json.dumps(forged), b"!" + pickle.dumps(forged), json.dumps({"until": None, "value": forged})):
            attacker.set(f"examplary_lms_test:cache:jwks:{fingerprint(address)}", data, ex=60)
            cache = shared_cache(redis_url, SECRET, "examplary_lms_test")
            key = PlatformKeys(requests.Session(), cache, clock=clock).find(address, "first")
            assert number(key) == number(keyring["first"].private.public_key())

    def test_one_fetch_serves_all_processes(self, make_process, jwks_server, address, keyring):
        jwks_server.show(keyring["first"].jwk())
        for _ in range(3):
            assert number(make_process().find(address, "first")) == number(keyring["first"].private.public_key())
        assert len(jwks_server.requests) == 1

    def test_an_unknown_key_causes_one_fetch_for_all_processes(
        self, make_process, jwks_server, address, keyring, clock
    ):
        jwks_server.show(keyring["first"].jwk())
        make_process().find(address, "first")
        clock.now += 60
        for index in range(6):
            with pytest.raises(KeyUnknown):
                make_process().find(address, f"made-up-{index}")
        assert len(jwks_server.requests) == 2
        clock.now += 16
        with pytest.raises(KeyUnknown):
            make_process().find(address, "made-up")
        assert len(jwks_server.requests) == 3

    def test_a_new_process_uses_the_cached_keys_while_the_platform_is_down(
        self, make_process, jwks_server, address, keyring, clock
    ):
        jwks_server.show(keyring["first"].jwk())
        make_process().find(address, "first")
        jwks_server.answer = lambda request: Response("maintenance", status=503)
        clock.now += 5 * HOUR
        for _ in range(3):
            assert make_process().find(address, "first")
        assert len(jwks_server.requests) == 2, "one of them tried, and told the others"

    def test_a_dead_platform_is_called_once_by_all_processes(self, make_process, jwks_server, address):
        jwks_server.answer = lambda request: Response("maintenance", status=503)
        for _ in range(4):
            with pytest.raises(KeysUnreachable):
                make_process().find(address, "first")
        assert len(jwks_server.requests) == 1
