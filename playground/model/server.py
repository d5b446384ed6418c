"""A model vendor on loopback: Anthropic's and OpenAI's wire formats over any brain."""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence

import orjson
from aiohttp import web
from pydantic import TypeAdapter, ValidationError

from playground.clips import words_in
from playground.model.cache import PromptCache, tokens
from playground.model.conversation import (
    Brain,
    Conversation,
    Found,
    Json,
    Pace,
    Plan,
    Searched,
    Vendor,
    VendorError,
)
from playground.model.embedding import answer_embeddings
from playground.model.faults import Fault, Faults
from playground.model.media import Heard, answer_picture, answer_words
from playground.model.wires import params
from playground.model.wires.anthropic_messages import MESSAGES
from playground.model.wires.openai_chat import CHAT
from playground.model.wires.openai_responses import RESPONSES
from playground.model.wires.openai_shared import problem
from playground.model.wires.rules import invalid
from playground.model.wires.searches import told, wants_search
from playground.model.wires.wire import Completion, Event, Wire, arguments_text

_WIRES = (MESSAGES, CHAT, RESPONSES)
_BODY: TypeAdapter[Json] = TypeAdapter(Json)
_KEPT_REQUESTS = 1000
_LONGEST_QUERY = 200
_MODELS: dict[Vendor, str] = {"anthropic": "demo-model-a", "openai": "demo-model-o"}
"""Any name is accepted; these are only listed."""


class ModelServer:
    """Speaks both vendors' formats; `brain` decides the answers and may be changed while it runs."""

    def __init__(
        self,
        brain: Brain,
        *,
        pace: Pace | None = None,
        keys: Collection[str] | None = None,
        checks_types: bool = True,
        search: Callable[[str], Sequence[Found]] = lambda _: (),
    ) -> None:
        """`keys`: the API keys to accept; None: any. `checks_types`: hold requests against the SDKs' types too.

        `search` is what the vendors' own web search finds.
        """
        self.brain = brain
        self.pace = pace or Pace()
        self.faults = Faults()
        self.requests: list[Conversation] = []
        """What was asked, valid or not answered at all; the latest 1,000."""
        self.search: Callable[[str], Sequence[Found]] = search
        self.speech: Callable[[bytes], str] = words_in
        """What is said in a sound; the playground's own clips say it themselves."""
        self.searches: list[str] = []
        """What the vendors' own search was asked for."""
        self.pictures: list[Json] = []
        """The pictures that were asked for, as they were asked for."""
        self.clips: list[Heard] = []
        """What came to be written down."""
        self.embedded: list[Json] = []
        """The texts that came to be embedded, as they were sent; the latest 1,000 requests."""
        self.streaming = 0
        """How many streams are open now."""
        self.broken_off = 0
        """How many streams the client closed before their end."""
        self._keys = keys
        self._checks_types = checks_types
        self._cache = PromptCache()
        self._count = 0
        self._stopping = asyncio.Event()
        self._port = 0
        self._runner: web.AppRunner | None = None
        self._types: asyncio.Task[None] | None = None

    @property
    def anthropic_url(self) -> str:
        """What ANTHROPIC_BASE_URL is set to."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def openai_url(self) -> str:
        """What OPENAI_BASE_URL is set to."""
        return f"{self.anthropic_url}/v1"

    async def start(self, port: int = 0) -> None:
        """Listen on loopback; port 0 takes a free one."""
        self._stopping.clear()
        if self._checks_types:
            self._types = asyncio.create_task(asyncio.to_thread(params.load))
        self._runner = web.AppRunner(self._app(), access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self._port = int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        self._stopping.set()
        if self._types is not None:
            await self._types
        if self._runner is not None:
            await self._runner.cleanup()

    def inject(self, fault: Fault) -> None:
        """Let this go wrong with the next requests it is meant for."""
        self.faults.add(fault)

    def _app(self) -> web.Application:
        app = web.Application(client_max_size=1 << 26)
        for wire in _WIRES:
            app.router.add_post(wire.path, self._answers(wire))
        app.router.add_post("/v1/embeddings", self._embedding)
        app.router.add_post("/v1/images/generations", self._picture)
        app.router.add_post("/v1/audio/transcriptions", self._transcription)
        app.router.add_get("/v1/models", self._models)
        app.router.add_get("/v1/models/{name}", self._model)
        return app

    def _answers(self, wire: Wire) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def answer(request: web.Request) -> web.StreamResponse:
            number = self._next_number()
            try:
                return await self._answer(wire, request, number)
            except VendorError as error:
                headers = {} if error.retry_after is None else {"retry-after": f"{error.retry_after:g}"}
                return _json(wire.problem(error), number, status=error.status, headers=headers)
            except ConnectionError:
                return web.Response()  # the client is gone, or was dropped on purpose: nobody reads this

        return answer

    async def _answer(self, wire: Wire, request: web.Request, number: str) -> web.StreamResponse:
        key = self._key(wire.vendor, request)
        body = await _body(request)
        await self._check(wire, body, request)
        conversation = wire.read(body, key)
        self._record(conversation)
        fault = self.faults.take(wire.vendor)
        if fault is not None and fault.after is None:
            await self._fail(fault, request)
        plan = self._plan(body, conversation)
        completion = self._completion(wire, body, plan, number)
        if body.get("stream"):
            return await self._stream(wire, request, completion, body, fault)
        if fault is not None:
            await self._fail(fault, request)
        await self._pause(_finished(plan, self.pace), request)
        return _json(wire.whole(completion), number)

    def _plan(self, body: Json, conversation: Conversation) -> Plan:
        if not wants_search(body, conversation):
            return self.brain(conversation)
        query = " ".join(conversation.said.split())[:_LONGEST_QUERY]
        self.searches.append(query)
        return told(Searched(query=query, found=tuple(self.search(query))))

    async def _picture(self, request: web.Request) -> web.StreamResponse:
        async def drawn() -> web.StreamResponse:
            body = await _body(request)
            if self._types is not None:
                await asyncio.shield(self._types)
                params.check_params("images", body)
            self.pictures.append(body)
            answer = await asyncio.to_thread(answer_picture, body, created=int(time.time()))
            return _json(answer, self._next_number())

        return await self._media(request, drawn)

    async def _embedding(self, request: web.Request) -> web.StreamResponse:
        async def counted() -> web.StreamResponse:
            body = await _body(request)
            if self._types is not None:
                await asyncio.shield(self._types)
                params.check_params("embeddings", body)
            self.embedded.append(body)
            del self.embedded[:-_KEPT_REQUESTS]
            return _json(await asyncio.to_thread(answer_embeddings, body), self._next_number())

        return await self._media(request, counted)

    async def _transcription(self, request: web.Request) -> web.StreamResponse:
        async def heard() -> web.StreamResponse:
            form = await request.post()
            sound = form.get("file")
            if not isinstance(sound, web.FileField) or not form.get("model"):
                raise invalid("file and model: fields required")
            clip = Heard(name=sound.filename, model=str(form["model"]), content=sound.file.read())
            self.clips.append(clip)
            said = answer_words(clip, self.speech(clip.content), form=str(form.get("response_format", "json")))
            number = self._next_number()
            return web.Response(text=said, headers=_headers(number)) if isinstance(said, str) else _json(said, number)

        return await self._media(request, heard)

    async def _media(
        self, request: web.Request, answer: Callable[[], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """Answer a request that is no conversation, or refuse it as the vendor does."""
        try:
            self._key("openai", request)
            fault = self.faults.take("openai")
            if fault is not None:
                await self._fail(fault, request)
            return await answer()
        except VendorError as error:
            headers = {} if error.retry_after is None else {"retry-after": f"{error.retry_after:g}"}
            return _json(problem(error), self._next_number(), status=error.status, headers=headers)
        except ConnectionError:
            return web.Response()  # as in `_answers`

    def _key(self, vendor: Vendor, request: web.Request) -> str:
        key = request.headers.get("x-api-key") or request.headers.get("authorization", "").removeprefix("Bearer ")
        if not key or (self._keys is not None and key not in self._keys):
            raise VendorError(401, "invalid x-api-key" if vendor == "anthropic" else "Incorrect API key provided.")
        return key

    async def _check(self, wire: Wire, body: Json, request: web.Request) -> None:
        if wire.vendor == "anthropic" and "anthropic-version" not in request.headers:
            raise invalid("anthropic-version: header is required")
        if not body.get("model"):
            raise invalid("model: field required")
        if self._types is not None:
            await asyncio.shield(self._types)
            params.check_params(wire.name, body)
        wire.check(body)

    def _record(self, conversation: Conversation) -> None:
        self.requests.append(conversation)
        del self.requests[:-_KEPT_REQUESTS]

    def _completion(self, wire: Wire, body: Json, plan: Plan, number: str) -> Completion:
        written = plan.text + "".join(call.tool + arguments_text(call.arguments) for call in plan.calls)
        return Completion(
            number=number,
            model=str(body["model"]),
            plan=plan,
            usage=self._cache.usage(wire.vendor, wire.cache_marks(body), output=tokens(written)),
            created=int(time.time()),
        )

    async def _fail(self, fault: Fault, request: web.Request) -> None:
        """Let `fault` happen before anything of the answer was sent."""
        if fault.hang:
            await self._pause(math.inf, request)
        if fault.status is None or fault.hang:
            raise _drop(request)
        raise VendorError(fault.status, retry_after=fault.retry_after)

    async def _stream(
        self, wire: Wire, request: web.Request, completion: Completion, body: Json, fault: Fault | None
    ) -> web.StreamResponse:
        response = web.StreamResponse(headers=_headers(completion.number) | {"cache-control": "no-cache"})
        response.content_type = "text/event-stream"
        await response.prepare(request)
        self.streaming += 1
        try:
            await self._send(wire, request, response, wire.stream(completion, body), completion, fault)
        except ConnectionError:
            self.broken_off += 1
        finally:
            self.streaming -= 1
        return response

    async def _send(
        self,
        wire: Wire,
        request: web.Request,
        response: web.StreamResponse,
        events: Iterable[Event],
        completion: Completion,
        fault: Fault | None,
    ) -> None:
        pace = completion.plan.pace or self.pace
        begun, shown, pieces = time.monotonic(), 0, 0
        word = _per_word(completion.plan, pace)
        for event in events:
            if fault is not None and event.shows and shown + event.shows > (fault.after or 0):
                return await self._break(wire, request, response, fault)
            if event.shows:
                due = begun + pace.first + pieces * word
                await self._pause(due - time.monotonic(), request)
                shown, pieces = shown + event.shows, pieces + 1
            await response.write(event.data)
        return await response.write_eof()

    async def _break(self, wire: Wire, request: web.Request, response: web.StreamResponse, fault: Fault) -> None:
        if fault.hang:
            await self._pause(math.inf, request)
        if fault.status is not None:
            await response.write(wire.problem_event(VendorError(fault.status)))
            return await response.write_eof()
        raise _drop(request)

    async def _pause(self, seconds: float, request: web.Request) -> None:
        """Wait, but no longer than the client does, or this server lives."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if request.transport is None or request.transport.is_closing():
                raise ConnectionResetError("the client went away")
            try:
                async with asyncio.timeout(min(left, 0.05)):
                    await self._stopping.wait()
                raise _drop(request)
            except TimeoutError:
                continue

    def _next_number(self) -> str:
        self._count += 1
        return f"{self._count:06d}"

    async def _models(self, request: web.Request) -> web.Response:
        if "anthropic-version" not in request.headers:
            return web.json_response({"object": "list", "data": [_openai_model(_MODELS["openai"])]})
        model = _anthropic_model(_MODELS["anthropic"])
        page = {"first_id": model["id"], "last_id": model["id"], "has_more": False}
        return web.json_response({"data": [model], **page})

    async def _model(self, request: web.Request) -> web.Response:
        describe = _anthropic_model if "anthropic-version" in request.headers else _openai_model
        return web.json_response(describe(request.match_info["name"]))


async def _body(request: web.Request) -> Json:
    try:
        return _BODY.validate_json(await request.read())
    except ValidationError as error:
        raise invalid("The request body is not a valid JSON object") from error


def _drop(request: web.Request) -> ConnectionResetError:
    """Close the connection without a word, as a broken network does."""
    if request.transport is not None:
        request.transport.abort()
    return ConnectionResetError("dropped on purpose")


def _per_word(plan: Plan, pace: Pace) -> float:
    written = len(plan.text.split()) + sum(len(arguments_text(call.arguments).split()) for call in plan.calls)
    return min(pace.word, pace.longest / max(written, 1))


def _finished(plan: Plan, pace: Pace) -> float:
    """Seconds after which an answer that is not streamed is there."""
    pace = plan.pace or pace
    return pace.first + _per_word(plan, pace) * len(plan.text.split())


def _headers(number: str) -> dict[str, str]:
    return {"request-id": f"req_{number}", "x-request-id": f"req_{number}"}


def _json(body: Json, number: str, *, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    return web.Response(
        body=orjson.dumps(body),
        status=status,
        headers=_headers(number) | (headers or {}),
        content_type="application/json",
    )


def _anthropic_model(name: str) -> Json:
    return {"type": "model", "id": name, "display_name": "Demo model, no AI", "created_at": "2026-01-01T00:00:00Z"}


def _openai_model(name: str) -> Json:
    return {"id": name, "object": "model", "created": 1767225600, "owned_by": "playground"}
