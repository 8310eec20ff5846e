"""Platforms: registration, checks and settings."""
