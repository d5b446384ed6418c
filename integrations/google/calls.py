"""One call to Google: in a thread, within a time, once or, for reads, twice."""

import json
import threading
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import SecretStr, TypeAdapter

from integrations.blocking import PATIENCE, Blocking, Patience, threads_of
from integrations.google.answers import Answer, content, refusal
from integrations.integration import Destination
from integrations.network import translated

if TYPE_CHECKING:
    from requests import PreparedRequest, Response, Session

T = TypeVar("T")

API_URL = "https://www.googleapis.com"
VERSIONS = {"gmail": "v1", "drive": "v3", "calendar": "v3"}
MAX_BYTES = 32 * 1024 * 1024
"""Of one answer: a thread of long mails with everything in it is smaller."""
_PIECE = 64 * 1024

# Google's client library blocks.
_THREADS = threads_of("google")


class Calls:
    """Google's REST APIs as one person. Answers are checked; whatever goes wrong is an IntegrationError.

    A method is named as in Google's reference, with its API in front: `gmail.users.threads.get`. Its parameters have
    Google's names too; a request body is `body`. A parameter that the API does not know is a TypeError.
    """

    def __init__(self, access: SecretStr, to: Destination, *, patience: Patience = PATIENCE) -> None:
        self._access = access
        self._to = to
        self._patience = patience
        self._connecting = threading.Lock()
        self._session: Session | None = None
        self._blocking = Blocking("Google", _THREADS, patience=patience)

    async def read(self, method: str, kind: TypeAdapter[T], **parameters: Any) -> T:
        """What `method` answers. A connection that breaks and a failing Google are tried once more."""
        return await self._blocking.read(lambda: content(self._call(method, parameters), kind))

    async def write(self, method: str, kind: TypeAdapter[T], *, if_match: str = "", **parameters: Any) -> T:
        """Send a write, once. Raises OutcomeUnknown when it was sent and no clear answer came back.

        With `if_match`, an etag, Google carries it out only while the thing is as that etag says; else Refused.
        """
        headers = {"if-match": if_match} if if_match else {}

        def once() -> T:
            return content(self._call(method, parameters, headers=headers, write=True), kind, write=True)

        return await self._blocking.write(once)

    async def download(self, method: str, *, limit: int, **parameters: Any) -> Answer:
        """What `method` answers, as bytes, at most `limit` of them; `whole` says whether that was all."""

        def once() -> Answer:
            answer = self._call(method, parameters, headers={"accept": "*/*"}, limit=limit)
            if answer.status >= 300:
                raise refusal(answer)
            return answer

        return await self._blocking.read(once)

    async def fetch(self, endpoint: str, kind: TypeAdapter[T]) -> T:
        """What the address answers that the integration declares under the name `endpoint`."""
        url = self.address(endpoint)
        return await self._blocking.read(lambda: content(self._send("GET", url), kind))

    def address(self, endpoint: str) -> str:
        """The address that the integration declares under the name `endpoint`, as the settings have it."""
        return self._to.endpoints[endpoint]

    def _call(
        self,
        method: str,
        parameters: Mapping[str, Any],
        *,
        headers: Mapping[str, str] | None = None,
        write: bool = False,
        limit: int | None = None,
    ) -> Answer:
        request = request_of(method, parameters, root=self._root)
        told: dict[str, str] = {**request.headers, "user-agent": "Pinyon (gzip)", **(headers or {})}
        return self._send(request.method, request.uri, body=request.body, headers=told, write=write, limit=limit)

    @property
    def _root(self) -> str | None:
        """What replaces the addresses in Google's descriptions; its products live on several hosts."""
        root = self._to.api_url.rstrip("/")
        return None if root == API_URL else root

    def _send(
        self,
        verb: str,
        url: str,
        *,
        body: str | bytes | None = None,
        headers: Mapping[str, str] | None = None,
        write: bool = False,
        limit: int | None = None,
    ) -> Answer:
        data = body.encode() if isinstance(body, str) else body
        # Not the library's own transport: httplib2 repeats a request, also a write, when the connection closes on it.
        with (
            translated("Google", write=write),
            self._connected().request(
                verb,
                url,
                data=data,
                headers=dict(headers or {}),
                timeout=self._patience.answer,
                allow_redirects=False,
                stream=True,
            ) as response,
        ):
            return _answer(response, limit=limit)

    def _connected(self) -> "Session":
        # Imported here, in the thread: the first call pays for it and no start-up.
        from requests import Session

        with self._connecting:
            if self._session is None:
                session = Session()
                session.auth = self._signed
                self._session = session
            return self._session

    def _signed(self, request: "PreparedRequest") -> "PreparedRequest":
        """`request` with the person's access; set last, so that no netrc of the machine replaces it."""
        request.headers["Authorization"] = f"Bearer {self._access.get_secret_value()}"
        return request


def _answer(response: "Response", *, limit: int | None) -> Answer:
    most = MAX_BYTES if limit is None else limit
    body = bytearray()
    for piece in response.iter_content(_PIECE):
        body += piece
        if len(body) > most:
            break
    whole = len(body) <= most
    return Answer(status=response.status_code, headers=response.headers, body=bytes(body[:most]), whole=whole)


def request_of(method: str, parameters: Mapping[str, Any], *, root: str | None) -> Any:
    """The library's request for a method of Google's reference; it knows every path, parameter and body."""
    api, *resources, verb = method.split(".")
    resource = _service(api, root)
    for name in resources:
        resource = getattr(resource, name)()
    return getattr(resource, verb)(**parameters)


# One for all people: it holds no access and is never called by itself.
@lru_cache(maxsize=16)
def _service(api: str, root: str | None) -> Any:
    """An API from the description that comes with the library, at `root` or at Google's own address."""
    import httplib2
    from googleapiclient import discovery, discovery_cache

    # The library tells no types.
    library: Any = discovery
    descriptions: Any = discovery_cache
    document = json.loads(descriptions.get_static_doc(api, VERSIONS[api]))
    if root is not None:
        own = document["rootUrl"].rstrip("/")
        for key in ("rootUrl", "baseUrl", "mtlsRootUrl"):
            document[key] = document.get(key, own).replace(own, root)
    return library.build_from_document(document, http=httplib2.Http())
