"""Examplary for LMS: exams travel from Examplary into a course."""
