"""The Web API: reads a call in whatever style it came, checks the token, plays faults, runs the method."""

import asyncio
import time
from collections import deque
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import orjson
from aiohttp import web

from playground.slack.app import JSON
from playground.slack.call import Call, Refused
from playground.slack.methods import METHODS
from playground.slack.traffic import Entry
from playground.slack.user_tokens import METHOD_SCOPES, UserToken
from playground.slack.workspace import Workspace
from playground.slack.world import World

OPEN = frozenset({"api.test", "oauth.v2.access", "openid.connect.token", "blocks.validate"})
"""Methods that need no token."""

# Calls per minute, workspace and app: facts of https://docs.slack.dev/apis/web-api/rate-limits
TIERS: Mapping[str, int] = {
    "chat.startStream": 20,
    "chat.stopStream": 20,
    "chat.appendStream": 100,
    "chat.postEphemeral": 100,
    "chat.update": 50,
    "chat.delete": 50,
    "reactions.add": 50,
    "assistant.threads.setStatus": 600,
    "assistant.threads.setSuggestedPrompts": 50,
    "agents.sessions.setStatus": 50,
    "agents.sessions.rename": 50,
    "views.open": 100,
    "views.push": 100,
    "views.update": 100,
    "views.publish": 100,
    "conversations.open": 50,
    "conversations.info": 50,
    "conversations.replies": 50,
    "conversations.history": 50,
    "conversations.list": 20,
    "users.conversations": 20,
    "users.list": 20,
    "users.info": 100,
    "team.info": 50,
    "conversations.members": 100,
    "search.messages": 20,
    "team.profile.get": 50,
    "usergroups.list": 20,
    "usergroups.users.list": 20,
    "users.lookupByEmail": 50,
    "users.profile.get": 100,
    "users.profile.set": 50,
}


class WebApi:
    """Answers `/api/<method>`."""

    def __init__(self, world: World, *, with_tiers: bool = False) -> None:
        self._world = world
        self.with_tiers = with_tiers
        self._calls: dict[tuple[str, str, str], deque[float]] = {}

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer one call."""
        started = time.perf_counter()
        world = self._world
        name = request.match_info["method"]
        args = await _arguments(request)
        token = _token(request, args)
        if request.headers.get("Authorization", "").startswith("Basic "):
            # How OpenID clients may send the app's id and secret.
            args["_basic"] = request.headers["Authorization"].removeprefix("Basic ")
        workspace = self._workspace(token)
        entry = world.traffic.begin("in", name, at=world.clock(), team=workspace.id if workspace else "", request=args)
        if world.faults.active:
            failed = await self._fault(request, name, entry, started)
            if failed is not None:
                return failed
        if self.with_tiers and workspace and (wait := self._over(name, workspace, args)):
            return self._limited(entry, wait, started)
        answer = self._run(name, args, token, workspace)
        if world.faults.active and world.faults.take("drop_after", name):
            self._end(entry, started, status=0, answer=answer, note="connection broke after acting")
            return _broken(request)
        self._end(entry, started, status=200, answer=answer)
        caller = world.grants.find(token)
        scopes = ",".join(caller.scopes) if caller else world.app.scopes
        headers = {"X-OAuth-Scopes": scopes} if answer["ok"] else {}
        return web.Response(body=orjson.dumps(answer), content_type="application/json", headers=headers)

    def _end(self, entry: Entry, started: float, *, status: int, answer: JSON | None = None, note: str = "") -> None:
        note = note or (answer or {}).get("error", "")
        ms = (time.perf_counter() - started) * 1000
        self._world.traffic.end(entry, status=status, ms=ms, response=answer, note=note)

    def _workspace(self, token: str) -> Workspace | None:
        if token in (self._world.app.app_token, "") or token in self._world.user_tokens:
            return next(iter(self._world.workspaces.values()))
        if caller := self._world.grants.find(token):
            return self._world.workspaces[caller.team]
        return next((w for w in self._world.workspaces.values() if w.bot_token == token), None)

    def _run(self, name: str, args: JSON, token: str, workspace: Workspace | None) -> JSON:
        method = METHODS.get(name)
        if method is None:
            return {"ok": False, "error": "unknown_method", "req_method": name}
        try:
            acts_in = self._authorised(name, token, workspace)
            caller = self._world.grants.find(token)
            call = Call(world=self._world, workspace=acts_in, name=name, args=args, token=token, caller=caller)
            call.need(*METHOD_SCOPES.get(name, ()))
            return {"ok": True, **method(call)}
        except Refused as refused:
            return refused.answer()

    def _authorised(self, name: str, token: str, workspace: Workspace | None) -> Workspace:
        """Give the workspace for which the call acts, or refuse the token."""
        world = self._world
        if token in world.revoked or world.grants.is_ended(token):
            raise Refused("token_revoked")
        if workspace is None:
            raise Refused("invalid_auth")
        if name in OPEN:
            return workspace
        if not token:
            raise Refused("not_authed")
        if caller := world.grants.find(token):
            return self._authorised_person(name, caller, workspace)
        wanted = world.app.app_token if name.startswith("apps.connections.") else workspace.bot_token
        if name == "openid.connect.userInfo":
            wanted = token if token in world.user_tokens else ""
        if token != wanted:
            raise Refused("not_allowed_token_type")
        return workspace

    def _authorised_person(self, name: str, caller: UserToken, workspace: Workspace) -> Workspace:
        if workspace.users[caller.user].deleted:
            raise Refused("account_inactive")
        if self._world.clock() >= caller.until:
            raise Refused("token_expired")
        if name not in METHOD_SCOPES:
            raise Refused("not_allowed_token_type")
        return workspace

    async def _fault(self, request: web.Request, name: str, entry: Entry, started: float) -> web.StreamResponse | None:
        faults = self._world.faults
        if fault := faults.take("latency", name):
            await asyncio.sleep(fault.seconds)
        if fault := faults.take("rate_limit", name):
            return self._limited(entry, fault.seconds, started)
        if fault := faults.take("server_error", name):
            self._end(entry, started, status=fault.status)
            return web.Response(status=fault.status, text="upstream error")
        if fault := faults.take("error", name):
            answer: JSON = {"ok": False, "error": fault.error}
            self._end(entry, started, status=200, answer=answer)
            return web.json_response(answer)
        if faults.take("drop_before", name):
            self._end(entry, started, status=0, note="connection broke before acting")
            return _broken(request)
        return None

    def _limited(self, entry: Entry, wait: float, started: float) -> web.Response:
        answer: JSON = {"ok": False, "error": "ratelimited"}
        self._end(entry, started, status=429, answer=answer, note=f"retry after {wait:g} s")
        # Slack gives whole seconds; the playground may be quicker than that.
        return web.json_response(answer, status=429, headers={"Retry-After": f"{wait:g}"})

    def _over(self, name: str, workspace: Workspace, args: JSON) -> int:
        """Seconds until the call is allowed; 0 when it is now."""
        limit, span, part = TIERS.get(name, 0), 60.0, ""
        if name == "chat.postMessage":
            limit, span, part = 1, 1.0, str(args.get("channel"))
        if not limit:
            return 0
        now = time.monotonic()
        calls = self._calls.setdefault((workspace.id, name, part), deque())
        while calls and calls[0] < now - span:
            calls.popleft()
        if len(calls) >= limit:
            return max(1, round(span - (now - calls[0])))
        calls.append(now)
        return 0


async def _arguments(request: web.Request) -> JSON:
    args: JSON = dict(request.query)
    if not request.can_read_body:
        return args
    if request.content_type == "application/json":
        raw = await request.read()
        return args | (orjson.loads(raw) if raw else {})
    if request.content_type == "multipart/form-data":
        return args | dict(await request.post())
    raw = await request.read()
    return args | dict(parse_qsl(raw.decode(), keep_blank_values=True))


def _token(request: web.Request, args: JSON) -> str:
    header = request.headers.get("Authorization", "")
    in_body: Any = args.pop("token", "")
    return header.removeprefix("Bearer ") if header.startswith("Bearer ") else str(in_body)


def _broken(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)
