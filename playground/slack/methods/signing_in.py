"""openid.connect.* and oauth.v2.access: exchanging codes."""

import base64
import secrets

from playground.slack import sign_in
from playground.slack.app import JSON
from playground.slack.call import Call, Methods, Refused
from playground.slack.consent import scopes_of
from playground.slack.sign_in import Code
from playground.slack.user_tokens import UserToken

METHODS = Methods()


def user_part(call: Call, token: UserToken) -> JSON:
    """Shape a person's token as Slack answers it."""
    part: JSON = {
        "id": token.user,
        "scope": ",".join(token.scopes),
        "access_token": token.access,
        "token_type": "user",
    }
    if token.refresh:
        part |= {"refresh_token": token.refresh, "expires_in": int(token.until - call.world.clock())}
    return part


def _renewed(call: Call) -> JSON:
    client_id, client_secret = _client(call)
    if problem := call.world.sign_in.wrong_client(client_id, client_secret):
        raise Refused(problem)
    token = call.world.grants.renew(call.text("refresh_token"), now=call.world.clock())
    if token is None:
        raise Refused("invalid_refresh_token")
    team = call.world.workspaces[token.team]
    # Unlike with a code, the person's part stands at the top.
    return {**user_part(call, token), "app_id": call.world.app.app_id, "team": {"id": team.id, "name": team.name}}


def _client(call: Call) -> tuple[str, str]:
    if basic := call.text("_basic"):
        client_id, _, client_secret = base64.b64decode(basic).decode().partition(":")
        return client_id, client_secret
    return call.text("client_id"), call.text("client_secret")


def _exchange(call: Call) -> Code:
    client_id, client_secret = _client(call)
    code = call.world.sign_in.exchange(
        call.text("code"), client_id, client_secret, call.text("redirect_uri"), now=call.world.clock()
    )
    if isinstance(code, str):
        raise Refused(code)
    return code


@METHODS.method("openid.connect.token")
def token(call: Call) -> JSON:
    if call.text("grant_type") not in ("", "authorization_code"):
        raise Refused("invalid_grant_type")
    code = _exchange(call)
    workspace = call.world.workspaces[code.team]
    claims = sign_in.claims(workspace, workspace.users[code.user])
    access = f"xoxp-{secrets.token_hex(16)}"
    call.world.user_tokens[access] = (code.team, code.user)
    signed = call.world.sign_in.id_token(code, claims, now=call.world.clock())
    return {"access_token": access, "token_type": "Bearer", "id_token": signed}


@METHODS.method("openid.connect.userInfo")
def user_info(call: Call) -> JSON:
    team, user = call.world.user_tokens[call.token]
    workspace = call.world.workspaces[team]
    return sign_in.claims(workspace, workspace.users[user])


@METHODS.method("oauth.v2.access")
def access(call: Call) -> JSON:
    if call.text("grant_type") == "refresh_token":
        return _renewed(call)
    code = _exchange(call)
    workspace = call.world.workspaces[code.team]
    if code.user_scope:
        token = call.world.grants.give(
            code.team,
            code.user,
            scopes_of(code.user_scope),
            now=call.world.clock(),
            rotates=call.world.app.token_rotation,
        )
        return {
            "app_id": call.world.app.app_id,
            "authed_user": user_part(call, token),
            "team": {"id": workspace.id, "name": workspace.name},
            "enterprise": None,
            "is_enterprise_install": False,
        }
    return {
        "app_id": call.world.app.app_id,
        "authed_user": {"id": code.user},
        "scope": call.world.app.scopes,
        "token_type": "bot",
        "access_token": workspace.bot_token,
        "bot_user_id": workspace.bot.id,
        "team": {"id": workspace.id, "name": workspace.name},
        "enterprise": None,
        "is_enterprise_install": False,
    }
