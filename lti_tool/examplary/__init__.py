"""The client of Examplary's API. Knows HTTP, not the LMS."""
