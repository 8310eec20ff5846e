"""Launches: intake, access rights, and the browser handover."""
