"""The exam as a value: typed questions, scoring, rich text. No Flask, no database, no network."""
