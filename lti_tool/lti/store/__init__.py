"""Registrations, logins and keys in the database."""
