"""How gunicorn runs the tool: ``gunicorn -c config/gunicorn.conf.py wsgi:app``."""

import os

bind = os.environ.get("LTI_TOOL_BIND", "127.0.0.1:5000")
workers = int(os.environ.get("LTI_TOOL_WEB_PROCESSES", "2"))
# Threads, because a page may wait for Examplary; the sync worker also waits up to 2 s for a client to close.
worker_class = "gthread"
threads = int(os.environ.get("LTI_TOOL_WEB_THREADS", "8"))
timeout = 60
graceful_timeout = 30
keepalive = 5
# The access log would write capabilities and launch tokens: paths here are secrets. The tool logs its own requests.
accesslog = None
errorlog = "-"
