"""The bounded HTTP reader: whatever a server answers, callers get a response or an HttpError."""

import json
import socket
import threading
import time
from contextlib import contextmanager, suppress

import pytest
from flask import Flask, Response, redirect, request
from hypothesis import example, given, settings
from hypothesis import strategies as st
from werkzeug.serving import make_server

from lti_tool.net.addresses import AddressRules
from lti_tool.net.connections import Pinned, Pooled
from lti_tool.net.errors import (
    AddressForbidden,
    CertificateRejected,
    ConnectFailed,
    ConnectionBroken,
    HttpError,
    RedirectRejected,
    ResponseInvalid,
    ResponseTooLarge,
    TimedOut,
)
from lti_tool.net.reader import HttpReader, Limits, Request
from sandbox.serve import serve

TRUSTING = AddressRules(trusted_hosts=frozenset({"127.0.0.1"}), allow_insecure=True)
READERS = {"pooled": HttpReader(Pooled()), "pinned": HttpReader(Pinned(TRUSTING))}
LIMITS = Limits(max_bytes=10_000, seconds=5.0, connect_seconds=2.0, read_seconds=2.0, redirects=3)


@pytest.fixture(params=READERS)
def reader(request):
    return READERS[request.param]


@pytest.fixture(scope="module")
def server():
    app = Flask(__name__)

    @app.route("/echo", methods=["GET", "POST", "PUT", "DELETE"])
    def echo():
        return {"method": request.method, "headers": dict(request.headers), "body": request.get_data(as_text=True)}

    app.add_url_rule("/to", view_func=lambda: redirect(request.args["url"]), endpoint="to")
    app.add_url_rule("/large", view_func=lambda: Response(b"x" * 20_000), endpoint="large")
    app.add_url_rule("/status/<int:code>", view_func=lambda code: ("{}", code), endpoint="status")
    app.add_url_rule("/cookie", view_func=lambda: Response("", headers={"Set-Cookie": "a=b"}), endpoint="cookie")

    @app.get("/drip")
    def drip():
        return Response(time.sleep(0.1) or b"x" for _ in range(600))

    with serve(app) as running:
        yield running.local_url


@contextmanager
def raw_server(answer):
    """A server that reads a request and sends these bytes."""
    line = socket.create_server(("127.0.0.1", 0))
    line.settimeout(5)

    def run():
        with suppress(OSError):
            while True:
                client, _ = line.accept()
                with client, suppress(OSError):
                    client.settimeout(2)
                    client.recv(65_536)
                    client.sendall(answer)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{line.getsockname()[1]}/secret?token=hidden"
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
    line.close()
    thread.join()


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_methods_headers_and_json_bodies(reader, server, method):
    request = Request.json(f"{server}/echo", {"title": "Ecosystèmes"}, method=method, headers={"X-Own": "1"})
    echoed = reader.exchange(request, LIMITS).json()
    assert echoed["method"] == method
    assert json.loads(echoed["body"]) == {"title": "Ecosystèmes"}
    assert (echoed["headers"]["X-Own"], echoed["headers"]["User-Agent"]) == ("1", "examplary-lms")


@pytest.mark.parametrize("code", [201, 204, 302, 400, 401, 404, 429, 500, 503])
def test_any_status_is_a_response(reader, server, code):
    assert reader.exchange(Request(url=f"{server}/status/{code}"), LIMITS).status == code


def test_redirects_are_followed_up_to_the_limit(reader, server):
    response = reader.exchange(Request(url=f"{server}/to?url=/status/200"), LIMITS)
    assert (response.status, response.url) == (200, f"{server}/status/200")
    with pytest.raises(RedirectRejected):
        reader.exchange(
            Request(url=f"{server}/to?url={server}/to%3Furl%3D/to"), Limits(max_bytes=9, seconds=5.0, redirects=1)
        )


def test_without_redirects_a_redirect_is_a_response(reader, server):
    response = reader.exchange(Request(url=f"{server}/to?url=/x"), Limits(max_bytes=1000, seconds=5.0))
    assert response.is_redirect


def test_a_request_with_a_body_is_not_redirected(reader, server):
    with pytest.raises(RedirectRejected):
        reader.exchange(Request(url=f"{server}/to?url=/echo", body=b"x"), LIMITS)


def test_the_caller_decides_where_redirects_may_lead(reader, server):
    with pytest.raises(RedirectRejected):
        reader.exchange(Request(url=f"{server}/to?url=/echo"), LIMITS, may_redirect=lambda first, following: False)


def test_a_checked_address_is_checked_again_after_a_redirect(server):
    with pytest.raises(AddressForbidden):
        READERS["pinned"].exchange(Request(url=f"{server}/to?url=http://10.0.0.1/"), LIMITS)


def test_a_body_over_the_limit(reader, server):
    with pytest.raises(ResponseTooLarge):
        reader.exchange(Request(url=f"{server}/large"), LIMITS)


def test_a_dripping_body_ends_with_the_deadline(reader, server):
    began = time.monotonic()
    with pytest.raises(TimedOut):
        reader.exchange(Request(url=f"{server}/drip"), Limits(max_bytes=1000, seconds=0.5))
    assert time.monotonic() - began < 30


@contextmanager
def self_signed_server():
    """An HTTPS server that no authority vouches for."""
    server = make_server("127.0.0.1", 0, Flask(__name__), ssl_context="adhoc")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"https://127.0.0.1:{server.port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_certificate_that_is_not_trusted(reader):
    with self_signed_server() as url, pytest.raises(CertificateRejected):
        reader.exchange(Request(url=url), LIMITS)


def test_a_closed_port_is_a_failed_connection(reader):
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        with pytest.raises(ConnectFailed):
            reader.exchange(Request(url=f"http://127.0.0.1:{line.getsockname()[1]}/"), LIMITS)


def test_no_cookie_is_kept(server):
    reader = HttpReader(Pooled())
    reader.exchange(Request(url=f"{server}/cookie"), LIMITS)
    assert "Cookie" not in reader.exchange(Request(url=f"{server}/echo"), LIMITS).json()["headers"]


def test_credentials_of_a_netrc_file_are_not_sent(server, tmp_path, monkeypatch):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    request = Request(url=f"{server}/echo", headers={"Authorization": "Bearer ours"})
    assert HttpReader(Pooled()).exchange(request, LIMITS).json()["headers"]["Authorization"] == "Bearer ours"


REDIRECT = b"HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n"
BODY = b"HTTP/1.1 200 OK\r\nContent-Length: %s\r\nConnection: close\r\n\r\nhello"


@pytest.mark.parametrize(
    "location", [b"http://[", b"http://a:b:c/", b"//", b"http://\xff/", b"http://\xc2\xb2:\xc2\xb2/"]
)
def test_a_redirect_to_no_address_is_an_error(reader, location):
    with raw_server(REDIRECT % location) as url, pytest.raises(HttpError):
        reader.exchange(Request(url=url), LIMITS)


@pytest.mark.parametrize("length", [b"\xb2", b"9" * 5000, b"-5", b"0x5", b"5, 6", b"1e3", b""])
def test_a_content_length_that_is_not_a_number_is_ignored_or_an_error(reader, length):
    with raw_server(BODY % length) as url:
        outcome = response_or_error(reader, url)
    if not isinstance(outcome, HttpError):
        assert outcome.body == b"hello"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"", ConnectionBroken | ResponseInvalid),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf", ConnectionBroken | ResponseInvalid),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\nno gzip", ResponseInvalid),
        (b"SSH-2.0-OpenSSH\r\n\r\n", ConnectionBroken | ResponseInvalid),
    ],
)
def test_a_broken_response_is_an_error(reader, answer, error):
    with raw_server(answer) as url:
        outcome = response_or_error(reader, url)
    assert isinstance(outcome, error), outcome


header_bytes = st.binary(max_size=30).filter(lambda value: b"\r" not in value and b"\n" not in value)
answers = st.one_of(
    st.binary(max_size=200),
    st.builds(lambda value: REDIRECT % value, header_bytes),
    st.builds(lambda value: REDIRECT % (b"http://" + value), header_bytes),
    st.builds(lambda value: BODY % value, header_bytes),
    st.builds(
        lambda name, value: b"HTTP/1.1 200 OK\r\n%s: %s\r\nConnection: close\r\n\r\nhello" % (name, value),
        st.sampled_from([b"Content-Encoding", b"Transfer-Encoding", b"Content-Type", b"Location"]),
        header_bytes,
    ),
)


@pytest.mark.parametrize("name", READERS)
@given(answer=answers)
@example(answer=REDIRECT % b"http://[")
@example(answer=BODY % b"\xb2")
@example(answer=BODY % (b"1" * 5000))
@settings(max_examples=60)
def test_any_answer_is_a_response_or_an_http_error(name, answer):
    # Redirects stay on the test server: other hosts must not be looked up.
    with raw_server(answer) as url:
        outcome = response_or_error(READERS[name], url, may_redirect=lambda first, following: False)
    if isinstance(outcome, HttpError):
        assert "hidden" not in outcome.detail
        assert outcome.__context__ is None


def response_or_error(reader, url, **options):
    try:
        return reader.exchange(
            Request(url=url), Limits(max_bytes=10_000, seconds=3.0, read_seconds=2.0, redirects=2), **options
        )
    except HttpError as error:
        return error


@given(text=st.text(max_size=40))
@settings(max_examples=60)
def test_any_text_as_an_address(text):
    rules = AddressRules(resolver=lambda host, port: [])
    with pytest.raises(HttpError):
        HttpReader(Pinned(rules)).exchange(Request(url=text), LIMITS)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[" * 100_000, b"\xff"])
def test_a_body_that_is_not_json(reader, body):
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(body), body)
    with raw_server(answer) as url:
        response = reader.exchange(Request(url=url), Limits(max_bytes=200_000, seconds=5.0))
    with pytest.raises(ResponseInvalid):
        response.json()
