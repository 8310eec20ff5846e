"""Fixtures of the tables."""

from tests.services.conftest import store

__all__ = ["store"]
