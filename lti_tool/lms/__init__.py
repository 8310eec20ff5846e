"""One small plugin per LMS family: what to return, which format first, which words and links help."""
