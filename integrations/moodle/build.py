"""Build the zip that Moodle's administrators install.

    python build.py [DIST]

Writes ltiservice_examplary-<release>.zip into DIST (default: build beside this file): the folder `examplary` and
nothing else. The same files give the same bytes.
"""

from __future__ import annotations

import re
import sys
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
PLUGIN = HERE / "examplary"
# Zip files know no time zone; any fixed time will do.
TIME = (2020, 1, 1, 0, 0, 0)


def release() -> str:
    """The release that version.php names."""
    match = re.search(r"\$plugin->release = '([^']+)'", (PLUGIN / "version.php").read_text("utf-8"))
    if match is None:
        raise SystemExit("version.php names no release")
    return match.group(1)


def build(dist: Path) -> Path:
    """Write the zip into a folder and return its path."""
    dist.mkdir(parents=True, exist_ok=True)
    path = dist / f"ltiservice_examplary-{release()}.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for file in sorted(PLUGIN.rglob("*"), key=lambda file: file.relative_to(HERE).as_posix()):
            if not file.is_file() or file.name.startswith("."):
                continue
            entry = zipfile.ZipInfo(file.relative_to(HERE).as_posix(), TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, file.read_bytes())
    return path


if __name__ == "__main__":
    print(build(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "build"))
