"""Writing: HTML, media, identifiers and zip files shared by all formats."""
