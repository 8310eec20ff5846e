"""The tool in this process, registered with both platforms of the sandbox's LMS."""

import secrets
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from flask_migrate import upgrade

from config.settings import Environment, Settings
from lti_tool import create_app
from lti_tool.models import Deployment, Platform, db
from sandbox.demo import API_KEY
from sandbox.lms import describe_platforms
from sandbox.lms.config import other_name


def build_tool(folder, urls, **changes):
    """Return the tool with its data in ``folder``, and with other settings."""
    app = create_app(_settings(folder, urls, **changes))
    with app.app_context():
        upgrade()
        app.extensions["services"].tool_keys.ensure()
        for platform in describe_platforms(urls.lms).values():
            db.session.add(_registration(platform))
        db.session.commit()
    return app


def _settings(folder, urls, **changes):
    """Return the demo's settings, whatever the environment."""
    return Settings(
        _env_file=None,
        **changes,
        environment=Environment.DEMO,
        base_url=urls.tool,
        secret_key=secrets.token_urlsafe(48),
        encryption_keys=Fernet.generate_key().decode(),
        database_url=f"sqlite:///{folder / 'tool.sqlite3'}",
        queue_url=f"sqlite:///{folder / 'queue.sqlite3'}",
        package_cache_dir=folder / "packages",
        examplary_api_url=urls.examplary,
        examplary_api_key=API_KEY,
        trusted_media_hosts=",".join(urlsplit(url).netloc for url in (urls.examplary, other_name(urls.lms))),
        log_level="WARNING",
    )


def _registration(platform):
    return Platform(
        issuer=platform.issuer,
        client_id=platform.client_id,
        name=f"Stand-in {platform.family}",
        family=platform.family,
        authorization_url=platform.auth_url,
        jwks_url=platform.jwks_url,
        token_url=platform.token_url,
        deployments=[Deployment(deployment_id=platform.deployment_id)],
    )
