"""What the page does (PAGE.md): every POST under `/play`."""

from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from aiohttp import web

from playground.clips import Voice
from playground.slack import faults, shapes
from playground.slack.app import JSON
from playground.slack.call import Refused
from playground.slack.clicks import Clicks
from playground.slack.delivery import Outcome
from playground.slack.methods.chat import set_reaction
from playground.slack.page_reading import PageFacts, wrong
from playground.slack.people import User

FILE_LIMIT = 25 * 1024 * 1024
"""Bytes; the real Slack takes up to 1 GB, and Pinyon reads no more than this."""
TRANSCRIPT_AFTER = 1.2
"""Seconds: long enough for a person to see that a transcript takes a moment."""
WORDS_A_SECOND = 2.5
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


class PageApi:
    """Answers the POSTs under `/play` for whoever the page acts as."""

    def __init__(self, acts: Clicks, facts: PageFacts) -> None:
        self._acts = acts
        self._facts = facts
        self._world = acts.world

    def routes(self) -> list[web.RouteDef]:
        """List its routes."""
        acting: dict[str, Callable[[JSON, User], Awaitable[JSON]]] = {
            "send": self.send,
            "forward": self.forward,
            "edit": self.edit,
            "delete": self.delete,
            "react": self.react,
            "action": self.action,
            "options": self.options,
            "view": self.view,
            "command": self.command,
            "shortcut": self.shortcut,
            "open": self.open,
            "stop": self.stop,
            "faults": self.add_fault,
            "sample": self.sample,
        }
        return [
            *(web.post(f"/play/{name}", self._acting(act)) for name, act in acting.items()),
            web.post("/play/upload", self.upload),
            web.post("/play/voice", self.voice),
        ]

    def _acting(self, act: Callable[[JSON, User], Awaitable[JSON]]) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def answer(request: web.Request) -> web.Response:
            check_sender(request)
            body: JSON = orjson.loads(await request.read())
            try:
                return web.json_response({"ok": True, **await act(body, self._acts.person(body.get("as", "")))})
            except KeyError as missing:
                return wrong(str(missing.args[0]))
            except Refused as refused:
                return wrong(f"Slack refuses this: {refused.error}.")

        return answer

    async def send(self, body: JSON, me: User) -> JSON:
        """Post a message."""
        files = self._acts.workspace_of(me).files
        chosen = [files[file].info for file in body.get("file_ids") or () if files[file].info["user"] == me.id]
        if not str(body.get("text", "")).strip() and not chosen:
            raise KeyError("Write something first.")
        thread = body.get("thread_ts") or None
        ts = await self._acts.say(me, body["channel"], body.get("text", ""), thread=thread, files=chosen)
        return {"ts": ts}

    async def forward(self, body: JSON, me: User) -> JSON:
        """Pass a message on to the bot, or into another conversation."""
        source, target = (self._acts.place(where, me)[1] for where in (body["channel"], body.get("to") or "dm"))
        if me.id not in source.members or body["ts"] not in source.messages:
            raise KeyError("Only a message that one sees can be passed on.")
        words = str(body.get("text", "")).strip()
        return {"channel": target.id, "ts": await self._acts.forward(me, source.id, body["ts"], words, where=target.id)}

    async def edit(self, body: JSON, me: User) -> JSON:
        """Change an own message."""
        self._own(body, me)
        await self._acts.edit(me, body["channel"], body["ts"], body["text"])
        return {}

    async def delete(self, body: JSON, me: User) -> JSON:
        """Delete an own message."""
        self._own(body, me)
        await self._acts.delete(me, body["channel"], body["ts"])
        return {}

    def _own(self, body: JSON, me: User) -> None:
        message = self._acts.place(body["channel"], me)[1].messages.get(body["ts"])
        if message is None or message["user"] != me.id:
            raise KeyError("Only the person who wrote a message can change it.")

    async def react(self, body: JSON, me: User) -> JSON:
        """Add or take away a reaction."""
        workspace, conversation = self._acts.place(body["channel"], me)
        message = conversation.messages[body["ts"]]
        set_reaction(message, body["name"], me.id, is_on=bool(body.get("on", True)))
        self._world.show(workspace, conversation, message)
        return {}

    async def action(self, body: JSON, me: User) -> JSON:
        """Click something."""
        workspace, state = self._acts.workspace_of(me), body.get("state")
        action = {"block_id": body["block_id"], **body["action"]}
        if view := workspace.views.get(body.get("view_id") or ""):
            return _acked(await self._acts.act_in_view(workspace, me, view, action, state=state))
        conversation, message, is_ephemeral = self._acts.message(workspace, me, body["ts"])
        outcome = await self._acts.act_in_message(
            workspace, me, conversation, message, action, state=state, is_ephemeral=is_ephemeral
        )
        return _acked(outcome)

    async def options(self, body: JSON, me: User) -> JSON:
        """Ask the bot for a select's options."""
        answer = await self._acts.suggest(
            me,
            body.get("view_id") or body["ts"],
            block_id=body["block_id"],
            action_id=body["action_id"],
            value=body["value"],
        )
        return {"options": answer.get("options", []), "option_groups": answer.get("option_groups", [])}

    async def view(self, body: JSON, me: User) -> JSON:
        """Submit or close the modal."""
        if body["event"] == "close":
            await self._acts.close_modal(me)
            return {"acked": True, "errors": None}
        outcome = await self._acts.submit(me, state=body.get("state"))
        return {**_acked(outcome), "errors": outcome.body.get("errors")}

    async def command(self, body: JSON, me: User) -> JSON:
        """Type a slash command."""
        name, _, words = str(body["text"]).strip().partition(" ")
        return _acked(await self._acts.command(me, name, words.strip(), where=body["channel"]))

    async def shortcut(self, body: JSON, me: User) -> JSON:
        """Use a shortcut."""
        outcome = await self._acts.shortcut(
            me, body["callback_id"], where=body.get("channel") or "", ts=body.get("ts") or ""
        )
        return _acked(outcome)

    async def open(self, body: JSON, me: User) -> JSON:
        """Show a tab of the app, or read a channel."""
        if body["what"] == "channel":
            self._acts.mark_read(me, body["channel"])
        else:
            await self._acts.open_home(me, body["what"])
        return {}

    async def stop(self, body: JSON, me: User) -> JSON:
        """Press Stop in a thread."""
        await self._acts.press_stop(me, body["channel"], body["thread_ts"])
        return {}

    async def add_fault(self, body: JSON, me: User) -> JSON:
        """Add a fault or take some back."""
        if cleared := body.get("clear"):
            self._world.faults.clear(cleared)
        else:
            faults.add_from_page(self._world.faults, body)
        return faults.shape(self._world.faults)

    async def upload(self, request: web.Request) -> web.Response:
        """Take files, to be sent with a message."""
        check_sender(request)
        me = self._acts.person(request.query.get("as", ""))
        given: list[Any] = (await request.post()).getall("file", [])
        files = [(part.filename, part.file.read()) for part in given if isinstance(part, web.FileField)]
        if problem := next(filter(None, (_too_large_or_empty(name, len(content)) for name, content in files)), ""):
            return wrong(problem, status=413)
        return web.json_response(self._uploaded(me, *(self._acts.upload(me, *file) for file in files)))

    async def voice(self, request: web.Request) -> web.Response:
        """Take an audio clip: its sound where one was recorded, and what it says, for nobody here can listen."""
        check_sender(request)
        me = self._acts.person(request.query.get("as", ""))
        form = await request.post()
        sound, says = form.get("file"), str(form.get("says", "")).strip()
        recorded = sound.file.read() if isinstance(sound, web.FileField) else b""
        if not says:
            return wrong("Write what the clip says: the playground has nobody who can listen.")
        if problem := _too_large(Voice(says=says).name, len(recorded)):
            return wrong(problem, status=413)
        seconds = float(str(form.get("seconds") or "") or len(says.split()) / WORDS_A_SECOND)
        voice = Voice(says=says, seconds=max(1.0, seconds), recorded=recorded, after=TRANSCRIPT_AFTER)
        return web.json_response(self._uploaded(me, self._acts.record(me, voice)))

    async def sample(self, body: JSON, me: User) -> JSON:
        """Attach a file that lies ready."""
        found = next((sample for sample in self._facts.samples if sample.name == body["name"]), None)
        if found is None:
            raise KeyError("There is no such file.")
        return self._uploaded(me, self._acts.upload(me, found.name, found.content))

    def _uploaded(self, me: User, *files: JSON) -> JSON:
        workspace = self._acts.workspace_of(me)
        return {"ok": True, "files": [shapes.file(workspace, info, me.id) for info in files]}


def _too_large_or_empty(name: str, size: int) -> str:
    return _too_large(name, size) if size else f"{name} is empty, so there is nothing to attach."


def _too_large(name: str, size: int) -> str:
    if size <= FILE_LIMIT:
        return ""
    return f"{name} has {size / 1024 / 1024:.0f} MB; the playground takes up to 25 MB a file. Attach a smaller one."


def check_sender(request: web.Request) -> None:
    """Refuse what another site's page could have sent: such a page cannot set our header."""
    if request.headers.get("X-Playground") != "1":
        raise web.HTTPForbidden(
            text='{"ok": false, "error": "Only the playground\'s own page may do this (header X-Playground)."}',
            content_type="application/json",
        )


@web.middleware
async def only_here(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Refuse names that only pretend to be this machine (DNS rebinding)."""
    host = request.host.rpartition(":")[0] if ":" in request.host.rpartition("]")[2] else request.host
    if host not in LOOPBACK:
        raise web.HTTPForbidden(text="This playground answers only on this machine.")
    return await handler(request)


def _acked(outcome: Outcome) -> JSON:
    return {"acked": outcome.is_acked, "ms": round(outcome.ms, 1)}
