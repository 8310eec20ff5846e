"""Operations: health, metrics, chores, retention, privacy, the audit log, and the console's search."""
