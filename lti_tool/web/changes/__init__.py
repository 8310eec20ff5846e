"""A teacher's changes to an exam: forms, their pages, and saving."""
