"""What Examplary's own QTI 3 package says about questions of unknown types."""

from __future__ import annotations

from lti_tool.formats.original.package import has_unknown, with_original_texts

__all__ = ["has_unknown", "with_original_texts"]
