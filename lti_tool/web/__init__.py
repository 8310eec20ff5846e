"""Blueprints, forms and templates: thin, they call services."""
