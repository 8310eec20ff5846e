"""Stand-ins for Examplary and for an LMS, and import oracles; they reach the tool over HTTP only."""
