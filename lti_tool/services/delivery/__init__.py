"""Delivery: packages, and the deep linking response."""
