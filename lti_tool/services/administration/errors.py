"""Errors of the console."""

from __future__ import annotations

from lti_tool.errors import N_, AccessError, Phrase, ToolError


class AdminError(ToolError):
    """An account of the console can't be used or changed."""

    code = "admin.error"
    sentence = N_("This account can't be used.")
    advice = N_("Ask an owner of this tool, or its operator.")


class AccountInvalid(AdminError):
    """A value with which no account could work. The fact ``what`` names the value."""

    code = "admin.value_wrong"
    sentence = N_("%(what)s is not valid: %(problem)s.")
    advice = N_("Correct it and try again.")

    def __init__(self, *, what: str = "…", problem: str = "…", **facts: int) -> None:
        """``problem`` is the end of a sentence, marked with ``N_``, with its ``facts``.

        An error that is restored from its code has neither.
        """
        super().__init__(what=what, problem=Phrase(problem, facts))


class AccountExists(AdminError):
    """An account with this e-mail address exists."""

    code = "admin.exists"
    sentence = N_("An account with this e-mail address already exists.")
    advice = N_("Change that account instead.")
    status = 409


class AccountUnknown(AdminError):
    """No account has this e-mail address."""

    code = "admin.unknown"
    sentence = N_("No account has this e-mail address.")
    advice = N_("See: python -m lti_tool admins list")
    status = 404


class LastOwner(AdminError):
    """Accounts can't be managed without an active owner."""

    code = "admin.last_owner"
    sentence = N_("This is the only active owner.")
    advice = N_("Make someone else an owner first.")
    status = 409


class SignInRefused(AdminError):
    """Address or password is wrong, or the account is switched off: the message doesn't say which."""

    code = "admin.sign_in_refused"
    sentence = N_("The e-mail address or the password is wrong.")
    advice = N_("Try again. An owner or the operator of this tool can send you a link for a new password.")
    status = 403


class TooManySignIns(AdminError):
    """Too many attempts for one account, or from one address."""

    code = "admin.too_many"
    sentence = N_("Too many attempts to sign in.")
    advice = N_("Wait 15 minutes and try again, or ask the operator of this tool for a link.")
    status = 429


class PasswordLinkInvalid(AdminError):
    """The one-time link for a password was used, replaced, or has expired."""

    code = "admin.link_invalid"
    sentence = N_("This link has expired or was used.")
    advice = N_("Ask an owner or the operator of this tool for a new one.")
    status = 410


class SignedOut(AccessError):
    """Nobody is signed in, or the session has ended."""

    code = "admin.signed_out"
    sentence = N_("You are signed out.")
    advice = N_("Sign in again.")
    status = 401


class FormExpired(AccessError):
    """A form without the token that this browser's pages carry."""

    code = "admin.form_expired"
    sentence = N_("This form is out of date, or came from another page.")
    advice = N_("Nothing was changed. Go back, reload the page and send it again.")
    status = 403


class ReadOnly(AccessError):
    """The account may see everything it is given, and change nothing."""

    code = "admin.read_only"
    sentence = N_("Your account is read-only.")
    advice = N_("Ask an owner of this tool for another role.")
    status = 403


class NotForThisAccount(AccessError):
    """It doesn't exist, or belongs to platforms that the account doesn't see: the message doesn't say which."""

    code = "admin.not_found"
    sentence = N_("There is nothing here, or your account can't see it.")
    advice = N_("Go back to the overview. An owner of this tool can give you access.")
    status = 404
