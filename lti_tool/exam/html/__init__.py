"""HTML to the tree of rich text, sanitised."""
