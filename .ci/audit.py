"""Check the installed packages for known vulnerabilities with pip-audit, and say so when it could not look.

pip-audit reports "no known vulnerabilities" and succeeds when its feed doesn't know a single package, as offline or
behind a mirror of PyPI without advisories. Exit status: 1 if there are vulnerabilities, or if only a part could be
checked; 0 with a warning if the feed can't be reached at all, unless REQUIRE_ADVISORIES is set.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass

OUR_OWN = "examplary-lms"


@dataclass(frozen=True)
class Audit:
    """What pip-audit found: names with versions and ids of advisories."""

    checked: int
    unchecked: tuple[str, ...]
    vulnerable: tuple[str, ...]


def read_report(report: str) -> Audit:
    """Read pip-audit's JSON; an empty report means that it could not look at all."""
    packages = json.loads(report)["dependencies"] if report.strip() else []
    packages = [package for package in packages if package["name"] != OUR_OWN]
    unchecked = tuple(package["name"] for package in packages if "skip_reason" in package)
    vulnerable = tuple(
        f"{package['name']} {package['version']}: {', '.join(advisory['id'] for advisory in package['vulns'])}"
        for package in packages
        if package.get("vulns")
    )
    return Audit(len(packages) - len(unchecked), unchecked, vulnerable)


def verdict(audit: Audit, *, required: bool) -> tuple[int, str]:
    """Return the exit status and the sentence."""
    if audit.vulnerable:
        return 1, "Known vulnerabilities:\n  " + "\n  ".join(audit.vulnerable)
    if audit.checked == 0:
        sentence = "NOT AUDITED: the feed of advisories can't be reached, so nothing is known about vulnerabilities."
        return int(required), sentence
    if audit.unchecked:
        return 1, f"NOT AUDITED, because the feed doesn't know them: {', '.join(audit.unchecked)}"
    return 0, f"No known vulnerabilities in {audit.checked} packages."


def main() -> int:
    """Run pip-audit on this environment."""
    command = [sys.executable, "-m", "pip_audit", "--format", "json", "--progress-spinner", "off", "--timeout", "10"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 -- our own command
    try:
        audit = read_report(done.stdout)
    except (ValueError, KeyError):
        audit = Audit(0, (), ())
    if audit.checked == 0:
        sys.stderr.write(done.stderr[-2000:])
    status, sentence = verdict(audit, required=os.environ.get("REQUIRE_ADVISORIES", "") not in ("", "0", "false"))
    sys.stdout.write(sentence + "\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
