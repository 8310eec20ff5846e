"""Launches: intake, access rights, the browser that each belongs to, and test launches."""
