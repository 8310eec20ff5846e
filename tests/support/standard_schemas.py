"""The standards' own schemas (1EdTech, W3C), which their licences don't allow us to ship."""

import os
from pathlib import Path

_BESIDE_THE_CHECKOUT = Path(__file__).parents[3] / "shared" / "xsd"


def _folder():
    named = os.environ.get("TEST_SCHEMAS")
    if named:
        return Path(named)
    return _BESIDE_THE_CHECKOUT if _BESIDE_THE_CHECKOUT.is_dir() else None


SCHEMAS = _folder()
"""The folder that ``TEST_SCHEMAS`` names, or the one beside the checkout; ``None`` without either."""
