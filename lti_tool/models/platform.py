"""Registered LMSs and their deployments."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint, false, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_tool.models.database.base import Base, UtcDateTime, key, long_text, new_id, now


class Platform(Base):
    """One registration. One Canvas issuer serves thousands of accounts: the key is (issuer, client_id)."""

    __tablename__ = "platform"
    __table_args__ = (UniqueConstraint("issuer", "client_id"),)

    id: Mapped[str] = mapped_column(key(40), primary_key=True, default=new_id)
    issuer: Mapped[str] = mapped_column(key())
    client_id: Mapped[str] = mapped_column(key())
    name: Mapped[str] = mapped_column(String(255), default="")
    """The operator's name for it."""
    family: Mapped[str] = mapped_column(String(40), default="")
    """LMS family, see ``lti_tool.lms``; empty: taken from the launch's ``tool_platform`` claim."""
    authorization_url: Mapped[str] = mapped_column(String(1000))
    """Authorization endpoint of the OIDC login (Security Framework 1.0 §5.1.1.2)."""
    jwks_url: Mapped[str] = mapped_column(String(1000))
    token_url: Mapped[str] = mapped_column(String(1000), default="")
    token_audience: Mapped[str] = mapped_column(String(1000), default="")
    """Audience of the client assertion if it is not the token URL."""
    configuration_url: Mapped[str] = mapped_column(String(1000), default="", server_default="")
    """URL of the OpenID configuration; empty: registered by hand."""
    registered_from: Mapped[str] = mapped_column(String(300), default="", server_default="")
    """Origin of the configuration at the last dynamic registration; empty: registered by hand."""
    sends_history: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether its latest deep linking launch carried the course history."""
    active: Mapped[bool] = mapped_column(default=True)
    api_key_encrypted: Mapped[str | None] = mapped_column(long_text(), default=None)
    """This platform's own Examplary API key; empty: the operator's."""
    theme_color: Mapped[str] = mapped_column(String(20), default="")
    presets: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Defaults for Examplary's form: subject, studentLevel, language, … (see docs/reference/examplary-api.md#flows)."""
    requires_review: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether teachers must tick that they have reviewed the questions before they add an exam."""
    question_tag: Mapped[str] = mapped_column(String(50), default="", server_default="")
    """A tag of all questions, beside the one that says that AI made them; empty: none."""
    title_prefix: Mapped[str] = mapped_column(String(60), default="", server_default="")
    """Prefix of the titles of exams in this LMS; empty: none."""
    formats: Mapped[list[str] | None] = mapped_column(JSON, default=None)
    """Formats that teachers are offered; empty: all."""
    default_format: Mapped[str] = mapped_column(String(40), default="", server_default="")
    """The format that teachers are offered first; empty: the best for this LMS."""
    quiz_kind: Mapped[str] = mapped_column(String(20), default="", server_default="")
    """The kind of quizzes that direct import makes, where the LMS has several; empty: the teacher chooses."""
    withheld_choices: Mapped[list[str] | None] = mapped_column(JSON, default=None)
    """Choices withheld from teachers, see ``lti_tool.lms.teacher_choices``; empty: they may choose everything."""
    role_overrides: Mapped[dict[str, str] | None] = mapped_column(JSON, default=None)
    """Roles that count as another, see ``lti_tool.lti.protocol.role_overrides``; empty: as the standard has it."""
    deletes_exams: Mapped[bool | None] = mapped_column(default=None)
    """Whether exams are deleted at Examplary once they are stored here; empty: as the operator decided."""
    keep_launch_days: Mapped[int | None] = mapped_column(default=None)
    """Retention periods in days, 0 means forever; empty: the operator's."""
    keep_generation_days: Mapped[int | None] = mapped_column(default=None)
    keep_exam_days: Mapped[int | None] = mapped_column(default=None)
    frame_hosts: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Further origins that may frame the tool (vanity domains)."""
    notes: Mapped[str] = mapped_column(String(4000), default="", server_default="")
    """The administrators' own remarks."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    launched_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    """The latest launch, exact to an hour; empty: the tool was never opened. Outlives the launches themselves."""
    failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None, index=True)
    """The latest launch that was refused for a reason that lies in the registration or the LMS, exact to a minute."""
    failing_since: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    """The first of those since the last launch that was accepted."""
    failure_code: Mapped[str] = mapped_column(String(60), default="", server_default="")
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    check_results: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON, default=None)
    """Results of the latest check, see ``lti_tool.services.platforms.check_results``."""

    deployments: Mapped[list[Deployment]] = relationship(back_populates="platform", cascade="all, delete-orphan")


class Deployment(Base):
    """An installation of the tool in a platform: an account, a course, the whole site."""

    __tablename__ = "deployment"
    __table_args__ = (UniqueConstraint("platform_id", "deployment_id"),)

    id: Mapped[str] = mapped_column(key(40), primary_key=True, default=new_id)
    platform_id: Mapped[str] = mapped_column(ForeignKey("platform.id", ondelete="CASCADE"))
    deployment_id: Mapped[str] = mapped_column(key())
    active: Mapped[bool] = mapped_column(default=True, server_default=true())
    named: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether the operator named it: then unknown deployments of this platform are refused."""
    first_seen_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    """When it was added. Shown nowhere; kept for inspecting the database."""

    platform: Mapped[Platform] = relationship(back_populates="deployments")
