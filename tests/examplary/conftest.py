"""The client of Examplary's API, connected to the sandbox's Examplary."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from flask import Flask

from lti_tool.examplary import (
    AddressRules,
    EmbedSession,
    EmbedSessionRequest,
    ExamplaryClient,
    Fetcher,
    RetryPolicy,
    Timeouts,
)
from sandbox.examplary import ExamplaryConfig, FaultBook, create_examplary
from sandbox.serve import RunningServer, serve

KEY = ExamplaryConfig().api_key


@dataclass
class World:
    """The sandbox's Examplary, and a client that records pauses instead of waiting."""

    server: RunningServer
    app: Flask
    pauses: list[float] = field(default_factory=list)

    @property
    def faults(self) -> FaultBook:
        return self.app.extensions["faults"]

    def client(self, key: str = KEY, **options: object) -> ExamplaryClient:
        defaults = {
            "timeouts": Timeouts(connect=1.0, read=1.0),
            "retry": RetryPolicy(attempts=3, jitter=lambda: 0.0),
            "sleep": self.pauses.append,
            "fetcher": Fetcher(AddressRules(trusted_hosts=frozenset({"127.0.0.1"}), allow_insecure=True)),
        }
        return ExamplaryClient(self.server.local_url, key, **(defaults | options))

    def open_session(self, **request: object) -> EmbedSession:
        client = self.client()
        teacher = client.create_user(f"t{len(self.app.extensions['examplary'].users)}@school.example")
        return client.create_embed_session(EmbedSessionRequest(actor=teacher.id, **request))

    def exam_id(self) -> str:
        session = self.open_session()
        page = self.app.test_client().post(f"/embeds/{session.id.removeprefix('embed_session_')}/generate")
        assert page.status_code == 303
        return self.client().get_embed_session(session.id).exam_id


@pytest.fixture
def make_world() -> Iterator[Callable[..., World]]:
    running: list[RunningServer] = []

    def make(config: ExamplaryConfig | None = None) -> World:
        app = create_examplary(config)
        running.append(serve(app))
        return World(running[-1], app)

    yield make
    for server in running:
        server.close()


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    return make_world()
