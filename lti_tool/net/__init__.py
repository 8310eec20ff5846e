"""Outgoing HTTP to addresses that others choose: bounded in time, size and redirects."""
