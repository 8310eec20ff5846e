"""Operations: health, metrics, retention, privacy, the audit log, and the console's search."""
