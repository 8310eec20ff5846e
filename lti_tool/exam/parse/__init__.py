"""Examplary's JSON to a typed exam."""
