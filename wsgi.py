"""Where a WSGI server finds the tool: ``gunicorn -c config/gunicorn.conf.py wsgi:app``."""

from __future__ import annotations

import atexit

from config.settings import read_settings
from lti_tool import create_app, start_worker
from lti_tool.jobs import stop_on_sigterm
from lti_tool.logs import configure_logging

settings = read_settings()
configure_logging(settings.log_level, settings.log_format)
app = create_app(settings)
if settings.embedded_worker:
    worker = start_worker(app)
    # A deploy in the middle of a job: finish it, or hand it back, so that the next process goes on at once.
    stop_on_sigterm(worker.leave)
    atexit.register(worker.stop, graceful=True)
