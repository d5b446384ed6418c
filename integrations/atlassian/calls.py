"""One call to Atlassian: in a thread, within a time, once or, for reads, twice."""

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, TypeVar

from pydantic import JsonValue, SecretStr, TypeAdapter

from integrations.atlassian.answers import SERVICE, Answer, check_done, content
from integrations.blocking import Blocking, Patience, threads_of
from integrations.network import translated

if TYPE_CHECKING:
    from jira import JIRA

T = TypeVar("T")
Verb = Literal["GET", "POST", "PUT", "DELETE"]
Body = Mapping[str, JsonValue]

# The jira library blocks.
_THREADS = threads_of("jira")


class Calls:
    """Atlassian's REST APIs as one person. Answers are checked; whatever goes wrong is an IntegrationError.

    Addresses are whole. Only the library's session is used: its objects fetch what is missing when touched, its
    search reads all fields of the site first, and its errors carry the request, with the person's access in it.
    """

    def __init__(self, access: SecretStr, api_url: str, *, patience: Patience) -> None:
        self._access = access
        self._api_url = api_url.rstrip("/")
        self._patience = patience
        self._connecting = threading.Lock()
        self._library: JIRA | None = None
        self._blocking = Blocking(SERVICE, _THREADS, patience=patience)

    async def read(self, url: str, kind: TypeAdapter[T], **parameters: str | int) -> T:
        """What `url` answers. A connection that breaks and a failing Jira are tried once more."""

        def once() -> T:
            with translated(SERVICE):
                answer = self._send("GET", url, parameters=parameters)
            return content(answer, kind)

        return await self._blocking.read(once)

    async def look_up(self, url: str, kind: TypeAdapter[T], *, body: Body) -> T:
        """What `url` answers to a question that is too long for an address; tried twice as any read."""

        def once() -> T:
            with translated(SERVICE):
                answer = self._send("POST", url, body=body)
            return content(answer, kind)

        return await self._blocking.read(once)

    async def write(self, url: str, kind: TypeAdapter[T], *, body: Body) -> T:
        """Make something, once. Raises OutcomeUnknown when it was sent and no clear answer came back."""

        def once() -> T:
            with translated(SERVICE, write=True):
                answer = self._send("POST", url, body=body)
            return content(answer, kind, write=True)

        return await self._blocking.write(once)

    async def change(self, verb: Verb, url: str, *, body: Body | None = None) -> None:
        """Change something, once, where Jira answers a success with nothing. Raises OutcomeUnknown."""

        def once() -> None:
            with translated(SERVICE, write=True):
                answer = self._send(verb, url, body=body)
            check_done(answer)

        await self._blocking.write(once)

    def _send(
        self, verb: Verb, url: str, *, parameters: Mapping[str, str | int] | None = None, body: Body | None = None
    ) -> Answer:
        from requests import Session

        # Past the library's own `request`: it stumbles over error bodies of another shape than it expects.
        response = Session.request(
            self._connected()._session,  # pyright: ignore[reportPrivateUsage, reportArgumentType]: the only way to it
            verb,
            url,
            params=dict(parameters or {}),
            json=None if body is None else dict(body),
            timeout=self._patience.answer,
            allow_redirects=False,
        )
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(status=response.status_code, headers=headers, text=response.content.decode(errors="replace"))

    def _connected(self) -> "JIRA":
        # Imported here, in the thread: it takes 0.2 s and more, which the first call pays and no start-up.
        from jira import JIRA

        with self._connecting:
            if self._library is None:
                self._library = JIRA(
                    options={"server": self._api_url, "rest_api_version": "3"},
                    token_auth=self._access.get_secret_value(),
                    max_retries=0,
                    get_server_info=False,
                    timeout=self._patience.answer,
                )
            return self._library
