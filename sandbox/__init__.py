"""A stand-in Examplary and a stand-in LMS that speak only HTTP with the tool."""
