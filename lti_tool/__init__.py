"""Examplary for LMS."""
