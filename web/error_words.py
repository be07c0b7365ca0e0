"""What people see of any error: HTTP status and translated words of all of them are here and nowhere else.

In: an exception of any package. Out: its `Explanation` in the current language.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.exc import DataError
from starlette.exceptions import HTTPException

from calls.errors import (
    CallNotFound,
    CallsError,
    DatabaseUnavailable,
    InvalidSearchQuery,
    ModelMissing,
    RecordingIncomplete,
    RecordingNotFound,
    RecordingUnreadable,
    SelectionInvalid,
    StorageFull,
)
from crm.errors import (
    Conflict,
    CrmError,
    Forbidden,
    Held,
    Invalid,
    LoginFailed,
    NotFound,
    NothingToPause,
    SeatTaken,
)
from pbx.errors import ActionFailed, ActionTimedOut, NotConnected, PbxError
from web.errors import ApiRefused, ForeignOrigin, NotLoggedIn, PhoneRefused
from web.i18n import current_locale
from web.i18n import gettext as _


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """One error in the words of the person who meets it."""

    status: int
    error_id: str
    """For scripts and fetches: stays the same in every language."""
    title: str
    text: str
    field: str = ""
    """The form field that is wrong, if one is."""
    retry_after_s: int | None = None


def explain(error: Exception) -> Explanation:
    """What to tell about an error, in the current language. Unknown errors are our fault: 500, without details."""
    for kinds, words in _TABLE:
        if isinstance(error, kinds):
            return words(error)
    if isinstance(error, HTTPException):
        return _http(error)
    return Explanation(
        status=500,
        error_id="internal",
        title=_("Something went wrong"),
        text=_(
            "The error has been written to the log. Try again; if it stays, tell the administrator."
        ),
    )


def _http(error: HTTPException) -> Explanation:
    if error.status_code == 404:
        return _not_found(error)
    titles = {
        400: _("This request cannot be understood"),
        405: _("This page cannot be called in this way"),
        413: _("This is too large"),
        416: _("This part of the recording does not exist"),
    }
    title = titles.get(error.status_code, _("The request was refused"))
    return Explanation(
        status=error.status_code, error_id=f"http_{error.status_code}", title=title, text=""
    )


def _impossible_value(error: Exception) -> Explanation:
    """The database cannot hold what was sent: PostgreSQL knows no text with a zero character."""
    return _http(HTTPException(400))


def _not_found(error: Exception) -> Explanation:
    return Explanation(
        status=404,
        error_id="not_found",
        title=_("There is nothing here"),
        text=_("The page, call or client does not exist, or you have no access to it."),
    )


def _forbidden(error: Exception) -> Explanation:
    return Explanation(
        status=403,
        error_id="forbidden",
        title=_("You may not see this"),
        text=_("Your role does not include this. An administrator can change your role."),
    )


def _not_logged_in(error: Exception) -> Explanation:
    return Explanation(
        status=401,
        error_id="not_logged_in",
        title=_("Please log in"),
        text=_("Your session is over. Log in again to go on."),
    )


def _foreign_origin(error: Exception) -> Explanation:
    return Explanation(
        status=403,
        error_id="foreign_origin",
        title=_("The request was refused"),
        text=_("It did not come from a page of this installation. Reload the page and try again."),
    )


def _conflict(error: Exception) -> Explanation:
    return Explanation(
        status=409,
        error_id="conflict",
        title=_("Somebody was faster"),
        text=_(
            "This was changed or taken by somebody else meanwhile. Look at it again before you save."
        ),
    )


def _invalid(error: Exception) -> Explanation:
    assert isinstance(error, Invalid)  # noqa: S101 - the table pairs kinds and words
    return Explanation(
        status=422,
        error_id="invalid",
        title=_("This cannot be saved"),
        text=invalid_text(error),
        field=error.field,
    )


def invalid_text(error: Invalid) -> str:
    """Why a value cannot be accepted. `crm` says it in English; other languages say it by field."""
    by_field = {
        "name": _("Give a name of at most 255 characters, or a number."),
        "number": _("This is no telephone number, or one of the company's own."),
        "phone": _("You have no phone: an administrator ties one to you"),
        "email": _("This is no e-mail address."),
        "login": _("A login has letters, digits, dot, hyphen or @, at most 64."),
        "password": _("Choose a longer password that is harder to guess."),
        "extension": _("This is no extension."),
        "reason": _("Choose one of the reasons, or write at most 80 characters."),
        "pbx": _("No PBX has this name."),
        "role": _("Choose a role."),
        "deal_name": _("Give the deal a name of at most 255 characters."),
        "amount": _("A sum is a number that is not below zero."),
        "items": _("A position needs a name, a quantity above zero and a discount of 0 to 100 %."),
        "payment": _("A payment is a number above zero."),
        "due_on": _("Say when the payment is due."),
        "loss_reason": _("Choose why the deal was lost."),
        "client": _("Choose the client from the list."),
        "stage_id": _("This stage is not in use any more. Reload the page."),
        "title": _("Say in 1 to 255 characters what is to be done."),
        "text": _("This text is too long."),
        "what": _("Say what was promised."),
        "call": _("Give the number of the call, as in its address."),
        "words": _("These words are not in the transcript any more. Reload the page."),
    }
    if current_locale() == "en":
        return error.why
    words = _(error.template)
    if words != error.template:
        return words % error.values if error.values else words
    return by_field.get(error.field, _("A value of the form cannot be accepted."))


def _login_failed(error: Exception) -> Explanation:
    wait_s = error.retry_after_s if isinstance(error, LoginFailed) else None
    if wait_s:
        text = _("Too many attempts. Try again in %(minutes)s min.") % {
            "minutes": max(1, -(-wait_s // 60))
        }
        return Explanation(
            status=429, error_id="too_many_attempts", title=text, text=text, retry_after_s=wait_s
        )
    text = _("Wrong login or password.")
    return Explanation(status=401, error_id="login_failed", title=text, text=text)


def _database_away(error: Exception) -> Explanation:
    return Explanation(
        status=503,
        error_id="database_unavailable",
        title=_("The database is away"),
        text=_(
            "Calls go on and are kept. This page will work again as soon as the database answers."
        ),
        retry_after_s=5,
    )


def _query_words(error: Exception) -> str:
    assert isinstance(error, InvalidSearchQuery)  # noqa: S101 - the table pairs kinds and words
    why = _(error.template) % error.values if error.values else _(error.template)
    return f"«{error.where}» {why}" if error.where else why


def _bad_query(error: Exception) -> Explanation:
    return Explanation(
        status=400,
        error_id="invalid_query",
        title=_("This query cannot be understood"),
        text=_query_words(error),
    )


def _no_recording(error: Exception) -> Explanation:
    return Explanation(
        status=410,
        error_id="recording_unreadable",
        title=_("The recording cannot be played"),
        text=_("Its file is missing or damaged."),
    )


def _no_piece(error: Exception) -> Explanation:
    return Explanation(
        status=400,
        error_id="selection_invalid",
        title=_("This piece cannot be cut out"),
        text=_("Choose up to 15 minutes within the recording; of a mono recording, both sides."),
    )


def _not_ready(error: Exception) -> Explanation:
    return Explanation(
        status=409,
        error_id="recording_incomplete",
        title=_("The recording is not complete yet"),
        text=_("It can be played when the call is over."),
    )


def _storage_full(error: Exception) -> Explanation:
    return Explanation(
        status=507,
        error_id="storage_full",
        title=_("The disk is full"),
        text=_("Nothing more can be kept until the administrator makes room."),
    )


def _model_missing(error: Exception) -> Explanation:
    return Explanation(
        status=409,
        error_id="model_missing",
        title=_("No speech model is installed"),
        text=_(
            "Recordings wait. An administrator installs a model with: slovo models install NAME"
        ),
    )


def _pbx(error: Exception) -> Explanation:
    return Explanation(
        status=502,
        error_id="pbx",
        title=_("The PBX did not do it"),
        text=_why_not(error),
    )


def _why_not(error: Exception) -> str:
    match error:
        case NotConnected():
            return _("There is no connection to it now. Try again when it is back.")
        case ActionTimedOut():
            return _("It did not answer in time. Look whether it was done before you try again.")
        case ActionFailed():
            return _("It answered: %(message)s") % {"message": error.message}
    return str(error)


def _nothing_to_pause(error: Exception) -> Explanation:
    return Explanation(
        status=409,
        error_id="nothing_to_pause",
        title=_("There is nothing to pause"),
        text=_("The phone is in no queue of the PBX."),
    )


def _seat_taken(error: Exception) -> Explanation:
    return Explanation(
        status=409,
        error_id="seat_taken",
        title=_("Somebody was faster"),
        text=_("A colleague has just sat down at this phone."),
    )


def _held(error: Exception) -> Explanation:
    assert isinstance(error, Held)  # noqa: S101 - the table pairs kinds and words
    texts = {
        "hold": _("Somebody forbade to delete or redact it: %(reason)s. Whoever may set holds can lift this one."),
        "dispute": _("Dispute %(id)s is open and rests on it. Close the dispute first."),
        "promise": _("Promise %(id)s of this call is still open. Say first what became of it."),
        "task": _("Task %(id)s of this call is still open. Close it first."),
    }  # fmt: skip
    values = {"reason": error.reason, "id": error.holder_id}
    return Explanation(
        status=409,
        error_id="held",
        title=_("This must not be deleted or redacted now"),
        text=texts.get(error.why, str(error)) % values,
    )


def _phone_refused(error: Exception) -> Explanation:
    return Explanation(
        status=409,
        error_id="phone_refused",
        title=_("Your phone does not ring"),
        text=_("It is busy or not connected. Nobody was called."),
    )


def _api_refused(error: Exception) -> Explanation:
    assert isinstance(error, ApiRefused)  # noqa: S101 - the table pairs kinds and words
    return Explanation(
        status=error.status,
        error_id="invalid_request",
        title=_("This request cannot be understood"),
        text=error.why,
        field=error.field,
    )


def _refused(error: Exception) -> Explanation:
    return Explanation(
        status=400, error_id="refused", title=_("The request was refused"), text=str(error)
    )


_TABLE = (
    ((NotLoggedIn,), _not_logged_in),
    ((ForeignOrigin,), _foreign_origin),
    ((ApiRefused,), _api_refused),
    ((Forbidden,), _forbidden),
    ((NotFound, CallNotFound, RecordingNotFound), _not_found),
    ((Conflict,), _conflict),
    ((Held,), _held),
    ((Invalid,), _invalid),
    ((LoginFailed,), _login_failed),
    ((DatabaseUnavailable,), _database_away),
    ((InvalidSearchQuery,), _bad_query),
    ((RecordingUnreadable,), _no_recording),
    ((SelectionInvalid,), _no_piece),
    ((RecordingIncomplete,), _not_ready),
    ((StorageFull,), _storage_full),
    ((ModelMissing,), _model_missing),
    ((PhoneRefused,), _phone_refused),
    ((NothingToPause,), _nothing_to_pause),
    ((SeatTaken,), _seat_taken),
    ((PbxError,), _pbx),
    ((CrmError, CallsError), _refused),
    ((DataError,), _impossible_value),
)
