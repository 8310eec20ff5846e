"""Exams: snapshots captured and read back."""
