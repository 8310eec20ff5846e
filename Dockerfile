# Build and run: docker build -t examplary-lms . && docker run --env-file .env -p 5000:5000 examplary-lms
FROM python:3.12-slim

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 LTI_TOOL_BIND=0.0.0.0:5000
WORKDIR /app

COPY requirements.txt requirements-extras.txt ./
RUN pip install --no-cache-dir -r requirements.txt -r requirements-extras.txt

COPY config config
COPY lti_tool lti_tool
COPY static static
COPY wsgi.py ./

RUN useradd --system --home /app tool && mkdir instance && chown tool instance
USER tool
VOLUME /app/instance
EXPOSE 5000

HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD python -c "import urllib.request; urllib.request.urlopen('http://127.0.0.1:5000/healthz', timeout=4)"
CMD ["sh", "-c", "python -m lti_tool migrate && exec gunicorn -c config/gunicorn.conf.py wsgi:app"]
