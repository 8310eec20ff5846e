"""``python -m lti_tool``: the command line."""

from __future__ import annotations

from lti_tool.cli import main

if __name__ == "__main__":
    main(prog_name="python -m lti_tool")
