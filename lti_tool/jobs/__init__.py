"""The queue and its tasks: thin, they call services."""
