"""Operations: health, metrics, retention, privacy and the audit log."""
