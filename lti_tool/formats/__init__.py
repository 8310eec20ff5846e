"""Exam to package: pure functions, one file a format, one registry, one fidelity report."""
