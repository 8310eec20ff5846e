"""WSGI entry point: ``gunicorn -c config/gunicorn.conf.py wsgi:app``.

Importing it starts no worker. ``config/gunicorn.conf.py`` starts the embedded worker in gunicorn's worker processes;
with any other server, run ``python -m lti_tool worker`` as well.
"""

from __future__ import annotations

from config.settings import read_settings
from lti_tool import create_app
from lti_tool.errors import SettingsError
from lti_tool.logs import configure_logging

settings = read_settings()
configure_logging(settings.log_level, settings.log_format)
try:
    app = create_app(settings)
except SettingsError as error:
    raise SystemExit(error.plain()) from error
