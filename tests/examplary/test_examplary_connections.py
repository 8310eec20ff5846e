"""A gateway sends a response twice on one connection: the second is never taken as the response to the next request."""

import re
import socket
import threading
import time
from contextlib import suppress

import pytest

from lti_tool.examplary import ExamplaryClient
from lti_tool.examplary.errors import InvalidResponse


def answer(path):
    body = b'{"id": "%s", "name": "%s", "questions": []}' % (path, path)
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: keep-alive\r\n\r\n"
    return head % len(body) + body


class Stammering:
    """A server that responds to every request twice, the second time after ``pause`` seconds."""

    def __init__(self, pause):
        self.pause = pause
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection):
        # The client may close the connection before the second response.
        with connection, suppress(OSError):
            heard = b""
            while part := connection.recv(65536):
                heard += part
                while b"\r\n\r\n" in heard:
                    request, heard = heard.split(b"\r\n\r\n", 1)
                    again = answer(re.match(rb"GET /exams/(\S+)", request).group(1))
                    connection.sendall(again)
                    time.sleep(self.pause)
                    connection.sendall(again)


@pytest.mark.parametrize("pause", [0.0, 0.05])
def test_a_duplicated_response_is_not_used_for_another_request(pause):
    gateway = Stammering(pause)
    client = ExamplaryClient(gateway.url, "examp_" + "t" * 32, sleep=lambda _: None)
    right = 0
    try:
        for number in range(40):
            # If the second response arrives just before our next request, it is rejected and the request repeated.
            with suppress(InvalidResponse):
                assert client.get_exam(f"exam_{number}").data["id"] == f"exam_{number}"
                right += 1
            time.sleep(pause / 20)
    finally:
        gateway.listener.close()
    assert right > 30
