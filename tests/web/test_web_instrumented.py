"""Login and launch work under standard monitoring, and with unknown columns."""

import pytest
import sentry_sdk
from opentelemetry.instrumentation.flask import FlaskInstrumentor
from opentelemetry.instrumentation.sqlalchemy import SQLAlchemyInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from sentry_sdk.transport import Transport
from sqlalchemy import Column, String, text

from lti_tool.models import Base, Launch, db

LAUNCH_PATH = ("platform", "deployment", "lms_user", "used_state", "launch")


class KeptEvents(Transport):
    """A Sentry transport that keeps events instead of sending them."""

    def __init__(self, options=None):
        super().__init__(options)
        self.envelopes = []

    def capture_envelope(self, envelope):
        self.envelopes.append(envelope)


@pytest.fixture
def sentry():
    """Sentry with its defaults, tracing everything; nothing leaves the process."""
    transport = KeptEvents()
    sentry_sdk.init(dsn="https://key@sentry.example/1", transport=transport, traces_sample_rate=1.0)
    yield transport
    sentry_sdk.init(dsn="")


def test_login_and_launch_under_sentry(sentry, lms, client):
    assert client.get(lms.launch().location).status_code == 200
    sentry_sdk.flush()
    items = [item for envelope in sentry.envelopes for item in envelope.items]
    transactions = [item.payload.json for item in items if item.type == "transaction"]
    statements = {span["op"] for transaction in transactions for span in transaction["spans"]}
    assert {"lti.login", "lti.launch"} <= {transaction["transaction"] for transaction in transactions}
    assert "db" in statements
    assert not [item for item in items if item.type == "event"]


@pytest.fixture
def spans(app):
    """OpenTelemetry's instrumentation of Flask and SQLAlchemy."""
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    flask, sqlalchemy = FlaskInstrumentor(), SQLAlchemyInstrumentor()
    flask.instrument_app(app, tracer_provider=provider)
    # It declares SQLAlchemy < 2.1; it works with 2.1.
    sqlalchemy.instrument(engine=db.engine, tracer_provider=provider, skip_dep_check=True)
    yield exporter
    sqlalchemy.uninstrument()
    flask.uninstrument_app(app)
    provider.shutdown()


def test_login_and_launch_under_opentelemetry(spans, lms, client):
    assert client.get(lms.launch().location).status_code == 200
    names = [span.name for span in spans.get_finished_spans()]
    assert {"POST /lti/login", "POST /lti/launch"} <= set(names)
    assert any(name.startswith("INSERT") for name in names)


@pytest.mark.parametrize("name", LAUNCH_PATH)
def test_a_new_column_with_a_default_needs_no_change_of_the_launch(name, lms, client):
    table = Base.metadata.tables[name]
    column = Column("added_by_a_later_release", String(20), default="new", nullable=False)
    table.append_column(column)
    db.engine.clear_compiled_cache()  # tests share compiled statements
    try:
        db.session.execute(text(f"ALTER TABLE {name} ADD added_by_a_later_release VARCHAR(20) DEFAULT 'old' NOT NULL"))
        db.session.commit()
        assert client.get(lms.launch().location).status_code == 200
        values = set(db.session.scalars(db.select(column)))
        assert values == ({"old"} if name in ("platform", "deployment") else {"new"})
    finally:
        table._columns.remove(column)
        db.engine.clear_compiled_cache()
    assert db.session.query(Launch).count() == 1
