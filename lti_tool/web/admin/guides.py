"""How an administrator registers the tool, LMS by LMS: the clicks in that LMS, and what to copy where."""

from __future__ import annotations

from dataclasses import dataclass

from lti_tool.errors import N_

_FILL_IN = N_("Fill in the values below.")
_COPY_BACK = N_("Copy the values that the LMS shows into the form below.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """The steps for one LMS. Texts are marked with ``N_``."""

    family: str
    name: str
    link_steps: tuple[str, ...]
    """How to use a registration link; empty: the LMS takes none."""
    hand_steps: tuple[str, ...]
    """How to register by hand."""
    has_json: bool = False
    """Whether the LMS reads the JSON of ``/lti/canvas.json``."""
    issuer: str = ""
    """The issuer, where it is the same for all sites."""
    only_issuer: bool = False
    """Whether the addresses follow from the issuer."""
    direct_import: str = ""
    """How to set up direct import."""


GUIDES = (
    Guide(
        family="canvas",
        name="Canvas",
        link_steps=(
            N_("In Canvas, as an administrator, start installing an app with dynamic registration."),
            N_("Paste the link as the registration URL, and keep the placement “Migration Selection”."),
            N_("Enable the app for your account."),
        ),
        hand_steps=(
            N_("In Canvas, open Admin, Developer Keys, “+ LTI Key”, and choose the method “Enter URL”."),
            N_("Paste the JSON URL below, save, and switch the key on. Its number is the client ID."),
            N_("Open Admin, Settings, Apps, “+ App”, “By Client ID”, and paste the client ID."),
            N_("Copy the deployment ID from the menu of the app, and fill in the form below."),
        ),
        has_json=True,
        issuer="https://canvas.instructure.com",
        only_issuer=True,
        direct_import=N_(
            "For direct import, Canvas also needs an API key. Enter it in the platform's settings once it is "
            "registered."
        ),
    ),
    Guide(
        family="moodle",
        name="Moodle",
        link_steps=(
            N_("In Moodle, open Site administration, Plugins, Activity modules, External tool, “Manage tools”."),
            N_("Paste the link into “Tool URL” and click “Add LTI Advantage”."),
            N_("Click “Activate” on the card of Examplary."),
        ),
        hand_steps=(
            N_("In Moodle, open “Manage tools” and click “configure a tool manually”."),
            N_("LTI version: LTI 1.3. Public key type: Keyset URL. Fill in the values below."),
            N_("Tick “Supports Deep Linking”, and choose “Show in activity chooser and as a preconfigured tool”."),
            N_("Save, click the magnifier on the tool's card, and copy platform ID, client ID and deployment ID."),
        ),
        only_issuer=True,
        direct_import=N_(
            "For direct import, install the plugin for Moodle, and allow “Quizzes of Examplary” under Services in "
            "the tool's settings. The operator of this tool has the zip of the plugin."
        ),
    ),
    Guide(
        family="blackboard",
        name="Blackboard",
        link_steps=(),
        hand_steps=(
            N_("Register the tool in Blackboard's developer portal with the values below."),
            N_("In Blackboard, open Administrator Tools, “LTI Tool Providers”, and approve the tool by its client ID."),
            N_("Add a placement of the type “Deep Linking content tool”."),
            _COPY_BACK,
        ),
        issuer="https://blackboard.com",
    ),
    Guide(
        family="brightspace",
        name="Brightspace",
        link_steps=(
            N_("In Brightspace, open Manage Extensibility, “LTI Advantage”, “Register Tool”, and choose “Dynamic”."),
            N_("Paste the link, register, and enable the registration."),
            N_("Add a deployment, and in it a link of the type “Deep Linking Quicklink”."),
        ),
        hand_steps=(
            N_("In Brightspace, open Manage Extensibility, “LTI Advantage”, “Register Tool”, and choose “Standard”."),
            _FILL_IN,
            N_("Add a deployment, and in it a link of the type “Deep Linking Quicklink”."),
            _COPY_BACK,
        ),
    ),
    Guide(
        family="sakai",
        name="Sakai",
        link_steps=(
            N_(
                "In Sakai, open Administration Workspace, “External Tools”, and start installing an LTI Advantage tool."
            ),
            N_("Paste the link as the registration URL."),
            N_("Check that the tool isn't hidden, and allow it to provide a Common Cartridge."),
        ),
        hand_steps=(N_("In Sakai, open “External Tools” and add an LTI 1.3 tool."), _FILL_IN, _COPY_BACK),
    ),
    Guide(
        family="openedx",
        name="Open edX",
        link_steps=(),
        hand_steps=(
            N_("In Studio, add the block “LTI Consumer” and choose LTI 1.3."),
            _FILL_IN,
            N_("Save. The block then shows client ID, deployment ID and the addresses: copy them into the form below."),
        ),
    ),
    Guide(
        family="generic",
        name=N_("Another LMS"),
        link_steps=(
            N_("Look in your LMS for LTI 1.3 or LTI Advantage, and there for dynamic registration."),
            N_("Paste the link as the registration URL."),
            N_("Enable the tool, if the LMS asks for it."),
        ),
        hand_steps=(N_("Look in your LMS for LTI 1.3 or LTI Advantage, and add a tool by hand."), _FILL_IN, _COPY_BACK),
    ),
)


def guide_for(family: str) -> Guide:
    """Return the guide of a family, or the one for all others."""
    return next((guide for guide in GUIDES if guide.family == family), GUIDES[-1])
