# The image of the web processes and of the worker. docs/operators.md describes how to run it.
#
# It runs as a user without rights, on a read-only file system: only /data (a volume) and /tmp are written.
FROM python:3.12-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /build
RUN python -m venv /opt/venv
# First what changes rarely.
COPY requirements.txt requirements-extras.txt ./
RUN /opt/venv/bin/pip install -r requirements.txt -r requirements-extras.txt
COPY pyproject.toml README.md LICENSE CHANGELOG.md wsgi.py ./
COPY config config
COPY static static
COPY docs docs
COPY lti_tool lti_tool
RUN /opt/venv/bin/pip install --no-deps .

FROM python:3.12-slim
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    LTI_TOOL_BIND=0.0.0.0:5000 \
    LTI_TOOL_DATABASE_URL=sqlite:////data/tool.sqlite3 \
    LTI_TOOL_QUEUE_URL=sqlite:////data/queue.sqlite3 \
    LTI_TOOL_PACKAGE_CACHE_DIR=/data/packages \
    PROMETHEUS_MULTIPROC_DIR=/tmp/metrics
# A fixed number, which Kubernetes compares with runAsNonRoot.
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin tool && install -d -o tool -m 0750 /data
COPY --from=build /opt/venv /opt/venv
COPY config/gunicorn.conf.py /app/gunicorn.conf.py
WORKDIR /app
USER 10001
VOLUME /data
EXPOSE 5000
STOPSIGNAL SIGTERM
# Ready: the database is there and migrated, and the keys fit it.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:5000/readyz', timeout=4)"]
CMD ["sh", "-c", "examplary-lms migrate && exec gunicorn -c gunicorn.conf.py wsgi:app"]
