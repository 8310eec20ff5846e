"""Exams: snapshots, teachers' changes to them, reports, lists and search."""
