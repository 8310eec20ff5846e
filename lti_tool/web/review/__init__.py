"""The review page: an exam's questions, what the LMS makes of them, and the ways into the course."""
