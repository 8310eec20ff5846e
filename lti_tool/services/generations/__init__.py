"""Generations: from an embed session to a collected exam."""
