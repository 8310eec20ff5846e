"""The Moodle plugin, as far as it can be checked without a Moodle. Its behaviour tests are in integrations/moodle."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

MOODLE = Path(__file__).parents[2] / "integrations" / "moodle"
PLUGIN = MOODLE / "examplary"


def php_files():
    return sorted(PLUGIN.rglob("*.php"))


def strings(language):
    """Return the identifiers that a language file defines."""
    lines = (PLUGIN / "lang" / language / "ltiservice_examplary.php").read_text("utf-8").splitlines()
    return [line.split("'")[1] for line in lines if line.startswith("$string['")]


@pytest.mark.skipif(not shutil.which("php") and os.environ.get("CI") != "true", reason="PHP is not installed")
def test_every_php_file_parses():
    for path in php_files():
        result = subprocess.run(["php", "-l", str(path)], capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stdout + result.stderr


def test_every_php_file_carries_moodles_licence():
    assert php_files()
    for path in php_files():
        assert "GNU General Public License" in path.read_text("utf-8")[:1500], path.name


def test_both_languages_define_the_same_strings_in_order():
    english = strings("en")
    assert english == sorted(english)
    assert english == strings("nl")


def test_the_zip_is_installable_and_reproducible(tmp_path):
    def build(folder):
        output = subprocess.check_output([sys.executable, str(MOODLE / "build.py"), str(folder)], text=True)
        return Path(output.strip())

    first, second = build(tmp_path / "first"), build(tmp_path / "second")

    assert first.read_bytes() == second.read_bytes()
    names = zipfile.ZipFile(first).namelist()
    assert "examplary/version.php" in names
    assert all(name.startswith("examplary/") for name in names)


def test_the_recorded_conversation_holds_no_secrets():
    recordings = sorted((MOODLE / "tests" / "recorded").glob("*.json"))
    assert recordings
    for path in recordings:
        text = path.read_text("utf-8")
        assert json.loads(text)
        assert "eyJ" not in text, f"{path.name} holds a JSON Web Token"
