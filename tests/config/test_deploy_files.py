"""The files with which the tool is run: valid, without a password, and in step with the tool."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from config.settings import Settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
MANIFESTS = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
ANALYZE = shutil.which("systemd-analyze")


def program(name):
    return Path(sys.executable).parent / name


def run(*command):
    return subprocess.run([str(part) for part in command], check=False, capture_output=True, text=True)


@pytest.mark.slow
def test_compose_is_valid():
    result = run(program("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", ROOT / "compose.yaml")
    assert result.returncode == 0, result.stdout


@pytest.mark.slow
@pytest.mark.parametrize("file", MANIFESTS, ids=lambda path: path.name)
def test_manifests_are_valid(file):
    result = run(program("kubernetes-validate"), "--strict", file)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("file", MANIFESTS, ids=lambda path: path.name)
def test_every_container_has_no_rights(file):
    objects = [manifest for manifest in yaml.safe_load_all(file.read_text()) if manifest["kind"] == "Deployment"]
    pods = [manifest["spec"]["template"]["spec"] for manifest in objects]
    assert len(pods) == 2
    for pod in pods:
        assert pod["securityContext"]["runAsNonRoot"]
        for container in [*pod["containers"], *pod.get("initContainers", [])]:
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }


@pytest.mark.skipif(ANALYZE is None, reason="systemd is not installed")
@pytest.mark.parametrize("file", UNITS, ids=lambda path: path.name)
def test_units_are_valid(file, tmp_path):
    # The paths of the installation don't exist here.
    text = re.sub(r"/opt/examplary-lms/\.venv/bin/\w+", "/bin/true", file.read_text())
    unit = tmp_path / file.name.replace("@", "@1")
    unit.write_text(text)
    result = run(ANALYZE, "verify", "--man=no", unit)
    assert "Unknown" not in result.stderr, result.stderr
    assert "Failed to parse" not in result.stderr, result.stderr


@pytest.mark.parametrize(
    "file", [ROOT / "Dockerfile", ROOT / "compose.yaml", *DEPLOY.rglob("*.*")], ids=lambda path: path.name
)
def test_every_setting_in_a_file_exists(file):
    names = {name.lower() for name in re.findall(r"LTI_TOOL_([A-Z_]+)", file.read_text())}
    assert names <= Settings.model_fields.keys()


def test_the_image_contains_and_the_build_sends_only_the_copied_files():
    dockerfile = (ROOT / "Dockerfile").read_text()
    ignored = (ROOT / ".dockerignore").read_text()
    copied = {
        source for line in re.findall(r"^COPY (?!--from)(.+) \S+$", dockerfile, re.MULTILINE) for source in line.split()
    }
    build_context = set(re.findall(r"^!(\S+)$", ignored, re.MULTILINE))
    assert {source.split("/")[0] for source in copied} == build_context
    assert all((ROOT / source).exists() for source in copied)


def test_grace_periods_are_longer_than_the_tool_needs():
    texts = [(ROOT / "compose.yaml").read_text(), *(file.read_text() for file in [*UNITS, *MANIFESTS])]
    form = r"(?:stop_grace_period: |TimeoutStopSec=|terminationGracePeriodSeconds: )(\d+)"
    periods = [int(number) for text in texts for number in re.findall(form, text)]
    assert len(periods) == 5
    assert min(periods) > 45
