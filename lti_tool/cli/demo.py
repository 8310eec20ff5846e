"""``python -m lti_tool demo``: points to the demo, which is not part of the product."""

from __future__ import annotations

import click

from lti_tool.cli.output import say


@click.command()
def demo() -> None:
    """Say how to start the demo."""
    say("Run the demo in a checkout of the repository: make demo, or python -m sandbox --help")
