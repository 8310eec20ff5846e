"""Fixtures for the services."""

import pytest

from tests.support.databases import DATABASES


@pytest.fixture(params=DATABASES)
def database_url(request, empty_database):
    """Run every test on every database."""
    return empty_database(request.param)


@pytest.fixture
def exam(make_exam):
    return make_exam()
