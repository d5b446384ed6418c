"""One call to GitHub: in a thread, within a time, once or, for reads, twice."""

import asyncio
import threading
import time
from collections.abc import Generator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeVar

from pydantic import JsonValue, SecretStr, TypeAdapter

from integrations.errors import ServiceUnavailable
from integrations.github.answers import Answer, content, silent, unknown

if TYPE_CHECKING:
    from github import Github
    from requests import RequestException

T = TypeVar("T")
Verb = Literal["GET", "POST", "PUT"]

# PyGithub blocks. A pool of its own keeps a slow GitHub from starving whatever else uses the loop's threads.
_THREADS = ThreadPoolExecutor(max_workers=32, thread_name_prefix="github")
_AT_ONCE = 8
_PAUSE_SECONDS = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long one call may take, in seconds."""

    answer: int = 10
    """Between two bytes of the answer."""
    call: float = 25
    """Altogether, with the wait for a thread and the second try of a read."""


PATIENCE = Patience()


class Calls:
    """GitHub's REST API as one person. Answers are checked; whatever goes wrong is an IntegrationError."""

    def __init__(self, access: SecretStr, api_url: str, *, patience: Patience) -> None:
        self._access = access
        self._api_url = api_url.rstrip("/")
        self._patience = patience
        self._connecting = threading.Lock()
        self._connected: Github | None = None
        self._turnstile = asyncio.Semaphore(_AT_ONCE)

    async def read(self, path: str, kind: TypeAdapter[T], **parameters: str | int) -> T:
        """What `path` answers. A connection that breaks and a failing GitHub are tried once more."""
        return (await self._page(path, kind, parameters))[0]

    async def read_all(self, path: str, kind: TypeAdapter[tuple[T, ...]], *, limit: int) -> tuple[T, ...]:
        """The entries of `path` page after page, at most `limit`, a multiple of 100."""
        found: tuple[T, ...] = ()
        for page in range(1, limit // 100 + 1):
            entries, more = await self._page(path, kind, {"per_page": 100, "page": page})
            found += entries
            if not more:
                break
        return found

    async def write(self, verb: Verb, path: str, kind: TypeAdapter[T], *, body: Mapping[str, JsonValue]) -> T:
        """Send a write, once. Raises OutcomeUnknown when it was sent and no clear answer came back."""

        def once() -> T:
            with translated(write=True):
                answer = self._send(verb, path, body=body)
            return content(answer, kind, write=True)

        future = _THREADS.submit(once)
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), self._patience.call)
        except TimeoutError:
            # What can still be cancelled was begun by no thread: then nothing was sent.
            raise (silent() if future.cancel() else unknown()) from None

    async def _page(self, path: str, kind: TypeAdapter[T], parameters: Mapping[str, str | int]) -> tuple[T, bool]:
        def once() -> tuple[T, bool]:
            with translated():
                answer = self._send("GET", path, parameters=parameters)
            return content(answer, kind), answer.has_more

        def twice() -> tuple[T, bool]:
            try:
                return once()
            except ServiceUnavailable as error:
                # A limit names its end; before that, another try only makes it longer.
                if error.retry_at is not None:
                    raise
            time.sleep(_PAUSE_SECONDS)
            return once()

        async with self._turnstile:
            future = _THREADS.submit(twice)
            try:
                return await asyncio.wait_for(asyncio.wrap_future(future), self._patience.call)
            except TimeoutError:
                raise silent() from None

    def _send(
        self,
        verb: Verb,
        path: str,
        *,
        parameters: Mapping[str, str | int] | None = None,
        body: Mapping[str, JsonValue] | None = None,
    ) -> Answer:
        # Not its objects but its requester: the objects fetch what is missing when touched, unseen and unchecked,
        # and take a redirected write for a success.
        status, headers, text = self._github().requester.requestJson(
            verb, path, parameters=dict(parameters or {}), input=None if body is None else dict(body)
        )
        return Answer(status=status, headers=headers, text=text)

    def _github(self) -> "Github":
        # Imported here, in the thread: it takes 0.15 s and more, which the first call pays and no start-up.
        from github import Auth, Github

        with self._connecting:
            if self._connected is None:
                self._connected = Github(
                    auth=Auth.Token(self._access.get_secret_value()),
                    base_url=self._api_url,
                    retry=None,
                    timeout=self._patience.answer,
                    pool_size=_AT_ONCE,
                    # Its politeness is meant for scripts: it would sleep in our threads between requests.
                    seconds_between_requests=None,
                    seconds_between_writes=None,
                )
            return self._connected


@contextmanager
def translated(*, write: bool = False) -> Generator[None]:
    """Turn what the network raises into our errors."""
    from requests import RequestException

    try:
        yield
    except RequestException as error:
        # The request hangs on the error, and the person's access in its headers.
        error.request = None
        raise (unknown() if write and not _never_sent(error) else silent()) from error


def _never_sent(error: "RequestException") -> bool:
    """Whether the connection was not even there; in any other case GitHub may have read the request."""
    from requests import ConnectTimeout
    from urllib3.exceptions import MaxRetryError, NewConnectionError

    cause = error.args[0] if error.args else None
    return isinstance(error, ConnectTimeout) or (
        isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)
    )
