"""The papers for universities cite only existing pages, settings and tests."""

import re
from pathlib import Path

import pytest

from config.settings import Settings
from lti_tool.models import AuditAction

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAPERS = ["ai-transparency", "hecvat", "lti-conformance", "privacy", "support-policy"]


@pytest.mark.parametrize("name", PAPERS)
def test_links_settings_and_actions_exist(name):
    text = (DOCS / f"{name}.md").read_text()
    links = [link.split("#")[0] for link in re.findall(r"\]\(([^)]+)\)", text)]
    assert all((DOCS / link).exists() for link in links if link), links
    assert {setting.lower() for setting in re.findall(r"LTI_TOOL_([A-Z_]+)", text)} <= Settings.model_fields.keys()
    actions = set(re.findall(r"[`\s]((?:exam|person|consent)\.[a-z_]+)`", text))
    assert actions <= {action.value for action in AuditAction}


@pytest.mark.parametrize(
    ("heading", "files"),
    [
        ("Payloads to be refused", ["test_1_known_bad_payloads.py"]),
        ("Launches to be accepted", ["test_2_valid_teacher_launches.py", "test_3_valid_student_launches.py"]),
        ("Deep linking", ["test_9_deep_linking.py"]),
    ],
)
def test_each_line_of_the_conformance_list_has_its_test(heading, files):
    section = (DOCS / "lti-conformance.md").read_text().split(f"## {heading}\n")[1].split("\n## ")[0]
    names = re.findall(r"`(test_\w+)` \|$", section, re.MULTILINE)
    assert len(names) >= 6
    for file in files:
        text = (ROOT / "tests" / "certification" / file).read_text()
        assert [name for name in names if f"def {name}(" not in text and not name.startswith("test_1_")] == []
