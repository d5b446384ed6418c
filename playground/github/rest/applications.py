"""Endpoints by which the App itself looks at tokens and ends them."""

from playground.github import errors
from playground.github.calls import Answer, Call, Json, Route
from playground.github.shapes import people
from playground.github.site import stamp
from playground.github.tokens import Session


def check_token(call: Call) -> Answer:
    session = call.tokens.session(_access(call))
    if session is None:
        raise errors.not_found()
    return Answer(body=_authorization(call, session))


def drop_token(call: Call) -> Answer:
    """End one sign-in."""
    if not call.tokens.drop(_access(call)):
        raise _no_such_token()
    return Answer(status=204)


def drop_grant(call: Call) -> Answer:
    """End every sign-in of the person to whom the token belongs."""
    account = call.tokens.owner(_access(call))
    if account is None:
        raise _no_such_token()
    call.tokens.drop_all(account)
    return Answer(status=204)


def _access(call: Call) -> str:
    if not call.is_app:
        raise errors.bad_credentials()
    if call.match["client_id"] != call.tokens.app.client_id:
        raise errors.not_found()
    if not (token := call.text("access_token")):
        raise errors.not_supplied("access_token")
    return token


def _no_such_token() -> errors.Refusal:
    return errors.invalid("OauthAccess", "access_token", "invalid")


def _authorization(call: Call, session: Session) -> Json:
    app = call.tokens.app
    return {
        "id": session.account.id,
        "url": f"{call.site.api}/authorizations/{session.account.id}",
        "app": {"client_id": app.client_id, "name": app.name, "url": f"{call.site.html}/apps/{app.name.lower()}"},
        "token": session.access,
        "hashed_token": None,
        "token_last_eight": session.access[-8:],
        "note": None,
        "note_url": None,
        "fingerprint": None,
        "scopes": [],
        "created_at": stamp(session.created),
        "updated_at": stamp(session.created),
        "expires_at": stamp(session.access_expires),
        "user": people.user(call.site, session.account),
    }


_HERE = "/applications/{client_id}"

ROUTES = (
    Route("POST", f"{_HERE}/token", check_token),
    Route("DELETE", f"{_HERE}/token", drop_token),
    Route("DELETE", f"{_HERE}/grant", drop_grant),
)
