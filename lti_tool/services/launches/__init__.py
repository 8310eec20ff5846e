"""Launches: intake, access rights, the browser that each belongs to, refusals, and test launches."""
