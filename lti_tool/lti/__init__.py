"""LTI 1.3 over PyLTI1p3, hardened through its extension points."""
