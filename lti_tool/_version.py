"""The version of this release, in one place: pyproject.toml, ``--version``, ``/healthz`` and User-Agents read it."""

__version__ = "0.1.0"
