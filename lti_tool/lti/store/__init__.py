"""Registrations, used states and keys in the database."""
