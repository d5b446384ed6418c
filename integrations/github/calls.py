"""One call to GitHub: in a thread, within a time, once or, for reads, twice."""

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, TypeVar

from pydantic import JsonValue, SecretStr, TypeAdapter

from integrations.blocking import AT_ONCE, Blocking, Patience, threads_of
from integrations.github.answers import Answer, check_done, content
from integrations.network import translated

if TYPE_CHECKING:
    from github import Github

T = TypeVar("T")
Verb = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]

# PyGithub blocks.
_THREADS = threads_of("github")


class Calls:
    """GitHub's REST API as one person. Answers are checked; whatever goes wrong is an IntegrationError."""

    def __init__(self, access: SecretStr, api_url: str, *, patience: Patience) -> None:
        self._access = access
        self._api_url = api_url.rstrip("/")
        self._patience = patience
        self._connecting = threading.Lock()
        self._connected: Github | None = None
        self._blocking = Blocking("GitHub", _THREADS, patience=patience)

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
            with translated("GitHub", write=True):
                answer = self._send(verb, path, body=body)
            return content(answer, kind, write=True)

        return await self._blocking.write(once)

    async def delete(self, path: str, *, body: Mapping[str, JsonValue] | None = None) -> None:
        """Take something away, once, whatever GitHub answers to a success. Raises OutcomeUnknown as `write` does."""

        def once() -> None:
            with translated("GitHub", write=True):
                answer = self._send("DELETE", path, body=body)
            check_done(answer)

        await self._blocking.write(once)

    async def _page(self, path: str, kind: TypeAdapter[T], parameters: Mapping[str, str | int]) -> tuple[T, bool]:
        def once() -> tuple[T, bool]:
            with translated("GitHub"):
                answer = self._send("GET", path, parameters=parameters)
            return content(answer, kind), answer.has_more

        return await self._blocking.read(once)

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
                    pool_size=AT_ONCE,
                    # Its politeness is meant for scripts: it would sleep in our threads between requests.
                    seconds_between_requests=None,
                    seconds_between_writes=None,
                )
            return self._connected
