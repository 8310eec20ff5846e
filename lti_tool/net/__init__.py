"""Outgoing HTTP, limited in time, size and redirects."""
