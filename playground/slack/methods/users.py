"""users.*, team.info, bots.info, auth.test: who is who."""

from playground.slack.app import JSON
from playground.slack.call import Call, Methods, Refused, page_of

METHODS = Methods()


@METHODS.method("auth.test")
def auth_test(call: Call) -> JSON:
    workspace = call.workspace
    if call.caller is not None:
        return {
            "url": f"{call.world.url}/",
            "team": workspace.name,
            "user": call.actor.handle,
            "team_id": workspace.id,
            "user_id": call.actor.id,
            "is_enterprise_install": False,
        }
    return {
        "url": f"https://{workspace.domain}.slack.com/",
        "team": workspace.name,
        "user": workspace.bot.handle,
        "team_id": workspace.id,
        "user_id": workspace.bot.id,
        "bot_id": workspace.bot.bot_id,
        "is_enterprise_install": False,
    }


@METHODS.method("api.test")
def api_test(call: Call) -> JSON:
    if error := call.text("error"):
        raise Refused(error)
    return {"args": call.args}


@METHODS.method("apps.connections.open")
def open_connection(call: Call) -> JSON:
    address = call.world.url.replace("http", "ws", 1)
    return {"url": f"{address}/link?ticket={call.world.sockets.ticket()}&app_id={call.world.app.app_id}"}


@METHODS.method("auth.revoke")
def revoke(call: Call) -> JSON:
    if call.flag("test"):
        return {"revoked": False}
    if call.caller is not None:
        call.world.grants.end(call.token)
    else:
        call.world.revoked.add(call.token)
    return {"revoked": True}


@METHODS.method("users.info", "user")
def info(call: Call) -> JSON:
    user = call.shown(call.user())
    return {"user": {**user, "locale": "en-GB"} if call.flag("include_locale") else user}


@METHODS.method("users.list")
def list_all(call: Call) -> JSON:
    members, cursor = page_of([call.shown(user) for user in call.workspace.users.values()], call, default=1000)
    return {"members": members, "cache_ts": int(call.world.clock()), "response_metadata": cursor}


@METHODS.method("users.lookupByEmail", "email")
def lookup_by_email(call: Call) -> JSON:
    wanted = call.text("email").lower()
    found = next((user for user in call.workspace.users.values() if user.email.lower() == wanted), None)
    if found is None:
        raise Refused("users_not_found")
    return {"user": call.shown(found)}


@METHODS.method("team.info")
def team(call: Call) -> JSON:
    workspace = call.workspace
    return {
        "team": {
            "id": workspace.id,
            "name": workspace.name,
            "domain": workspace.domain,
            "url": f"https://{workspace.domain}.slack.com/",
            "email_domain": "",
            "icon": {"image_default": True},
        }
    }


@METHODS.method("bots.info", "bot")
def bot(call: Call) -> JSON:
    found = call.workspace.bot
    if call.text("bot") != found.bot_id:
        raise Refused("bot_not_found")
    return {
        "bot": {
            "id": found.bot_id,
            "deleted": False,
            "name": found.name,
            "updated": 0,
            "app_id": found.app_id,
            "user_id": found.id,
        }
    }
