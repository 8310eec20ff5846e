"""The use cases. Plain classes that are handed what they need."""
