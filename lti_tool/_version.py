"""The version of this release, in one place: pyproject.toml, ``--version``, ``/healthz`` and User-Agents read it."""

__version__ = "0.1.0"

USER_AGENT = f"examplary-lms/{__version__}"
"""Canvas requires one; some Moodle sites answer 403 without (see docs/reference/lti.md#user-agent)."""
