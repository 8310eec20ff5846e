"""The LTI messages as values: claims, roles, content items. Pure: no database, no network."""
