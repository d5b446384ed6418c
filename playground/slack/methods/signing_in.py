"""openid.connect.* and oauth.v2.access: exchanging codes."""

import base64
import secrets

from playground.slack import sign_in
from playground.slack.app import JSON
from playground.slack.call import Call, Methods, Refused
from playground.slack.sign_in import Code

METHODS = Methods()


def _exchange(call: Call) -> Code:
    client_id, client_secret = call.text("client_id"), call.text("client_secret")
    if basic := call.text("_basic"):
        client_id, _, client_secret = base64.b64decode(basic).decode().partition(":")
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


@METHODS.method("oauth.v2.access", "code")
def access(call: Call) -> JSON:
    code = _exchange(call)
    workspace = call.world.workspaces[code.team]
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
