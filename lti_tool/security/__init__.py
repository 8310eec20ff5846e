"""Signed links, encryption at rest, headers."""
