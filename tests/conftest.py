"""Fixtures for all tests: settings, an empty database, the sandbox's Examplary on a real port."""

from __future__ import annotations

import logging
import os
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import coverage
import hypothesis
import pytest
import structlog
from argon2 import PasswordHasher
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from config.settings import Settings
from sandbox.examplary import ExamplaryConfig, create_examplary
from sandbox.examplary.store import new_id
from sandbox.localhost_names import localhost_names
from sandbox.serve import serve
from tests.support import figures
from tests.support.databases import create_tables, drop_database, empty_tables, make_database, reachable
from tests.support.examplary import API_KEY, QUESTIONS, ExamplaryControl
from tests.support.servers import SERVERS
from tests.support.shared_parts import EnginePool, KeyPool, shared_parts

# Every run tries the same examples, so that a change and not chance turns a test red; `make fuzz` tries new ones.
# The number of examples limits the time, not a deadline: a slow machine is no failure.
_COMMON = {"deadline": None, "suppress_health_check": [hypothesis.HealthCheck.too_slow], "print_blob": True}
hypothesis.settings.register_profile("repeatable", derandomize=True, **_COMMON)
hypothesis.settings.register_profile("fuzz", derandomize=False, max_examples=500, **_COMMON)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))


def pytest_configure(config):
    """Register our plugins."""
    config.pluginmanager.register(figures)


def pytest_collection_modifyitems(config, items):
    """Mark what needs a server, and what kills processes; leave out servers for what one database shows."""
    for item in items:
        parameters = item.callspec.params.values() if hasattr(item, "callspec") else ()
        needs_server = any(isinstance(value, str) and value in SERVERS for value in parameters)
        if needs_server or "redis_url" in item.fixturenames:
            item.add_marker("servers")
        if "chaos" in item.path.parts:
            item.add_marker("slow")
    needless = {item for item in items if all(map(item.get_closest_marker, ("servers", "one_database")))}
    config.hook.pytest_deselected(items=needless)
    items[:] = [item for item in items if item not in needless]


def pytest_sessionfinish():
    """Save what was covered while the process is sure to live: xdist kills one that takes ten seconds to exit."""
    if (measured := coverage.Coverage.current()) is not None:
        measured.save()


@pytest.fixture(scope="session", autouse=True)
def _names_below_localhost():
    with localhost_names():
        yield


@pytest.fixture(scope="session", autouse=True)
def _pools():
    pools = KeyPool(), EnginePool()
    with ExitStack() as stack:
        for change in shared_parts(*pools):
            stack.enter_context(change)
        yield pools


@pytest.fixture(autouse=True)
def _begin_pools(_pools):
    """Give a test each key and each engine once; the next test gets them again."""
    for pool in _pools:
        pool.begin()


@pytest.fixture(scope="session", autouse=True)
def _uncached_loggers():
    """Don't cache loggers, so that they follow the configuration of each test."""
    configure = structlog.configure
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            structlog, "configure", lambda **options: configure(**options | {"cache_logger_on_first_use": False})
        )
        yield


@pytest.fixture(autouse=True)
def _restored_logging():
    """Begin with structlog's defaults, which a test can capture; commands configure logs for the whole process."""
    root, urllib3 = logging.getLogger(), logging.getLogger("urllib3")
    handlers = root.handlers[:]
    levels = (root.level, urllib3.level)
    configured = structlog.get_config()
    structlog.reset_defaults()
    yield
    root.handlers[:] = handlers
    root.setLevel(levels[0])
    urllib3.setLevel(levels[1])
    structlog.configure(**configured)


@pytest.fixture
def examplary_config():
    """Configuration of Examplary; override it for another workspace."""
    return ExamplaryConfig(api_key=API_KEY, control=True)


@pytest.fixture
def examplary_app(examplary_config):
    return create_examplary(examplary_config)


@pytest.fixture
def examplary(examplary_app):
    """A running Examplary, with its ``base_url``."""
    with serve(examplary_app, "examplary.localhost") as server:
        yield server


@pytest.fixture
def control(examplary):
    """Control of Examplary over HTTP."""
    return ExamplaryControl(examplary.local_url)


@pytest.fixture
def store(examplary_app):
    """Examplary's data."""
    return examplary_app.extensions["examplary"]


@pytest.fixture
def exam_at_examplary(store):
    """Put an exam into Examplary; return its id."""

    def make(**fields):
        exam_id = new_id("exam")
        store.exams[exam_id] = {"id": exam_id, "name": "Cells", "language": "en", "questions": QUESTIONS} | fields
        return exam_id

    return make


@pytest.fixture(scope="session")
def server_databases():
    """One database per server for the whole session."""
    urls, database = {}, f"examplary_lms_test_{os.getpid()}"

    def url(name):
        if name not in urls:
            urls[name] = make_database(name, database)
        return urls[name]

    yield url
    for name in urls:
        drop_database(name, database)


@pytest.fixture(scope="session")
def sqlite_file(tmp_path_factory):
    """The SQLite database of all tests of this process: with the same address, they share an engine."""
    return tmp_path_factory.mktemp("database") / "tool.sqlite3"


@pytest.fixture
def empty_database(sqlite_file, server_databases):
    """Return the URL of a database of this kind (``tests.support.databases.DATABASES``) with empty tables."""

    def url(name):
        if name == "sqlite":
            for file in sqlite_file.parent.iterdir():
                file.unlink()
            return f"sqlite:///{sqlite_file}"
        if not reachable(name):
            pytest.skip(f"{name} does not answer on this machine")
        empty_tables(server_databases(name))
        return server_databases(name)

    return url


@pytest.fixture(scope="session")
def redis_url():
    """URL of the Redis that all tests share, so that keys need a unique name."""
    if not reachable("redis"):
        pytest.skip("redis does not answer on this machine")
    return SERVERS["redis"].shared_url()


@pytest.fixture
def database_url(empty_database):
    """URL of the database; override it to run tests on every database."""
    return empty_database(os.environ.get("TEST_DATABASE", "sqlite"))


@pytest.fixture
def settings(tmp_path, examplary, database_url):
    return Settings(
        _env_file=None,
        environment="test",
        base_url="http://tool.localhost:5000",
        secret_key="a secret of the tests that is long enough",
        encryption_keys=Fernet.generate_key().decode(),
        database_url=database_url,
        queue_url="memory://",
        package_cache_dir=tmp_path / "packages",
        examplary_api_url=examplary.base_url,
        examplary_api_key=API_KEY,
        trusted_media_hosts=f"examplary.localhost:{examplary.port}",
    )


@pytest.fixture
def app(settings):
    """The tool with empty tables. Jobs run synchronously."""
    from lti_tool import create_app
    from lti_tool.models import db

    app = create_app(settings)
    with app.app_context():
        create_tables()
        app.extensions["services"].tool_keys.ensure()
        yield app
        app.extensions["jobs"].close()
        db.session.rollback()
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def cheap_hashes(monkeypatch):
    """Hash passwords with Argon2id as in production, but with parameters for tests."""
    from lti_tool.services.administration import passwords

    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    passwords._hash_of_nothing.cache_clear()
    yield
    passwords._hash_of_nothing.cache_clear()


@pytest.fixture
def services(app):
    return app.extensions["services"]


def _register(host, client_id, deployment_id, **columns):
    from lti_tool.models import Deployment, Platform, db

    row = Platform(
        issuer=f"https://{host}",
        client_id=client_id,
        authorization_url=f"https://{host}/auth",
        jwks_url=f"https://{host}/jwks",
        deployments=[Deployment(deployment_id=deployment_id)],
        **columns,
    )
    db.session.add(row)
    db.session.commit()
    return row


@pytest.fixture
def platform(app):
    return _register("lms.example.org", "client-1", "1")


@pytest.fixture
def other_platform(app):
    """A platform beside the fixture ``platform``."""
    return _register("other.example.org", "client-2", "2", name="Other University")


@pytest.fixture(scope="session")
def lms_key():
    """The private key with which an LMS of the tests signs."""
    return generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def make_launch(platform):
    """Make a launch as :class:`LaunchIntake` would: ``make_launch(sub="2", role="student")``."""
    from lti_tool.models import Launch, LmsUser, PersonWord, db, now
    from lti_tool.services.search_words import store_words

    def make(sub="1", *, platform=platform, name="Tess Teacher", email="", **values):
        person = db.session.query(LmsUser).filter_by(platform_id=platform.id, sub=sub).one_or_none()
        if person is None:
            person = LmsUser(platform_id=platform.id, sub=sub, name=name, email=email)
        defaults = {
            "deployment_id": "1",
            "message_type": "LtiResourceLinkRequest",
            "role": "instructor",
            "family": "generic",
            "context_id": "course-1",
            "context_title": "Biology 101",
            "locale": "en",
            "frame_origins": ["https://lms.example.org"],
            "expires_at": now() + timedelta(hours=1),
        }
        launch = Launch(platform_id=platform.id, user=person, **(defaults | values))
        db.session.add(launch)
        db.session.flush()
        store_words(PersonWord, launch.lms_user_id, launch.user.name)
        db.session.commit()
        return launch

    return make


@pytest.fixture
def session_id_of(services):
    """Read a generation's embed session id, which pages never show."""
    from lti_tool.models import db

    def read(generation):
        db.session.refresh(generation)
        return services.vault.decrypt(generation.session_id_encrypted)

    return read


@pytest.fixture
def finish(store, session_id_of, exam_at_examplary):
    """Complete a generation's embed session with an exam, and return its id: ``finish(generation, name="Cells")``."""

    def complete(generation, **fields):
        session = store.sessions[session_id_of(generation)]
        session.status = "completed"
        session.outputs = {"examId": exam_at_examplary(**fields)}
        return session.outputs["examId"]

    return complete


@pytest.fixture
def make_exam(services, make_launch, finish):
    """Collect an exam for a teacher in course-1: ``make_exam(name="Cells")``."""
    from lti_tool.models import Exam, db

    def make(**fields):
        generation = services.generations.start(make_launch())
        finish(generation, **fields)
        services.collector.advance(generation.id)
        db.session.refresh(generation)
        assert generation.state == "ready", generation.error_code
        return db.session.get(Exam, generation.exam_id)

    return make


@pytest.fixture(scope="session")
def fixtures():
    """The folder of exams, assets and packages."""
    return Path(__file__).parent / "fixtures"
