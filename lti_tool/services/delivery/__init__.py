"""Delivery: packages, deep linking responses, and direct imports with teachers' consents."""
