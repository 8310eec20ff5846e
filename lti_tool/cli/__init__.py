"""The command line: thin too."""
