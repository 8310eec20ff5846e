"""Retention with other periods than the settings'."""

from flask import current_app

from lti_tool.services.operations.retention import Retention, RetentionPeriods


def retention_of(**periods):
    """Return the current app's retention with these periods in days."""
    services = current_app.extensions["services"]
    return Retention(RetentionPeriods(**periods), services.lms_accounts, services.refusals)
