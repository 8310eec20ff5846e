"""Configuration: settings, and gunicorn."""
