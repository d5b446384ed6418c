"""Reading addresses over real connections: limits, redirects, and machines to which nothing may lead (ssrf)."""

import asyncio
import gzip
import zlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field

import httpcore
import pytest

from integrations.errors import NotFound, Refused, ServiceUnavailable
from integrations.fetch import USER_AGENT, Fetched, Fetcher, Limits
from integrations.fetch_bodies import TooLong
from integrations.fetch_connections import LedInside, direct

PUBLIC = "203.0.114.7"
"""An address of the open internet; nothing is sent there, as `Dial` leads it to this machine."""
PAGE = b"<title>Slopes</title><p>Thirty degrees.</p>"
Answers = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Site:
    """A server on this machine that answers each path as it is told, and keeps what was asked."""

    port: int = 0
    answers: dict[str, Answers] = field(default_factory=dict[str, Answers])
    asked: list[str] = field(default_factory=list[str])

    def page(self, path: str, *, status: str = "200 OK", body: bytes = PAGE, **headers: str) -> None:
        head = {"content_type": "text/html; charset=utf-8", "content_length": str(len(body)), **headers}

        async def answer(writer: asyncio.StreamWriter) -> None:
            writer.write(head_of(status, head) + body)

        self.answers[path] = answer

    def moved(self, path: str, to: str) -> None:
        self.page(path, status="302 Found", body=b"", location=to)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = (await reader.readuntil(b"\r\n\r\n")).decode()
            self.asked.append(request)
            await self.answers[request.split(" ")[1]](writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client left, as it should
        finally:
            writer.close()


def head_of(status: str, headers: dict[str, str]) -> bytes:
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items() if value)
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode()


@dataclass
class Dial(httpcore.AsyncNetworkBackend):
    """Connections that all end at one server, with a note of where they were meant to go."""

    port: int
    silent: frozenset[str] = frozenset()
    dialled: list[str] = field(default_factory=list[str])

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is httpcore's
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        self.dialled.append(host)
        if host in self.silent:
            raise httpcore.ConnectError("nobody there")
        return await direct().connect_tcp("127.0.0.1", self.port, timeout, local_address, socket_options)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


@dataclass
class Names:
    """A name server: each look-up of a name gives its next answer, the last one for ever."""

    answers: dict[str, list[list[str]]] = field(default_factory=dict[str, list[list[str]]])
    looked_up: list[str] = field(default_factory=list[str])

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        del port
        self.looked_up.append(host)
        if host not in self.answers:
            return [PUBLIC]
        answers = self.answers[host]
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        if not found:
            raise OSError("no such name")
        return found


@pytest.fixture
async def site() -> AsyncGenerator[Site]:
    site = Site()
    server = await asyncio.start_server(site.serve, "127.0.0.1", 0)
    site.port = server.sockets[0].getsockname()[1]
    yield site
    server.close()


@pytest.fixture
def dial(site: Site) -> Dial:
    return Dial(site.port)


@pytest.fixture
def names() -> Names:
    return Names()


@pytest.fixture
def fetcher(dial: Dial, names: Names) -> Fetcher:
    return Fetcher(resolve=names, dial=dial)


async def why(fetcher: Fetcher, address: str) -> str:
    with pytest.raises((Refused, NotFound, ServiceUnavailable)) as raised:
        await fetcher.fetch(address)
    return str(raised.value)


# What is read


async def test_a_page_is_read_at_the_machine_that_was_checked(site: Site, dial: Dial, fetcher: Fetcher):
    site.page("/slope?a=B%20c")
    found = await fetcher.fetch("http://Contour.Example/slope?a=B%20c#top")
    assert found == Fetched(
        asked="http://contour.example/slope?a=B%20c",
        address="http://contour.example/slope?a=B%20c",
        body=PAGE,
        media="text/html; charset=utf-8",
        name="slope.html",
        is_public=True,
    )
    assert dial.dialled == [PUBLIC]


async def test_a_site_learns_nothing_of_who_asks(site: Site, fetcher: Fetcher):
    site.page("/", set_cookie="id=1")
    await fetcher.fetch("http://contour.example/")
    await fetcher.fetch("http://contour.example/")
    request = site.asked[1].lower()
    assert f"user-agent: {USER_AGENT}".lower() in request
    assert "host: contour.example\r\n" in request
    assert not any(told in request for told in ("cookie", "authorization", "referer", "x-forwarded"))


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_what_a_site_packs_is_unpacked(site: Site, fetcher: Fetcher, encoding: str):
    packed = gzip.compress(PAGE) if encoding == "gzip" else zlib.compress(PAGE)
    site.page("/", body=packed, content_encoding=encoding)
    assert (await fetcher.fetch("http://contour.example/")).body == PAGE


@pytest.mark.parametrize(
    ("path", "headers", "name"),
    [
        ("/files/hut%20list.csv", {"content_type": "text/csv"}, "hut list.csv"),
        ("/download?id=4", {"content_type": "application/pdf"}, "download.pdf"),
        ("/x", {"content_type": "text/csv", "content_disposition": 'attachment; filename="../../a.csv"'}, "a.csv"),
        ("/", {"content_type": "text/html"}, "contour.example.html"),
        ("/page.php", {"content_type": "text/html"}, "page.php.html"),
    ],
)
async def test_a_file_has_the_name_that_people_would_give_it(
    site: Site, fetcher: Fetcher, path: str, headers: dict[str, str], name: str
):
    site.page(path, body=PAGE, **headers)
    assert (await fetcher.fetch(f"http://contour.example{path}")).name == name


# Where an address leads


async def test_a_redirect_is_followed_and_its_end_told(site: Site, fetcher: Fetcher):
    site.moved("/a", "/b")
    site.moved("/b", "//other.example/c")
    site.page("/c")
    found = await fetcher.fetch("http://contour.example/a")
    assert (found.asked, found.address) == ("http://contour.example/a", "http://other.example/c")


async def test_ssrf_an_endless_redirect_ends_after_five(site: Site, fetcher: Fetcher):
    for n in range(9):
        site.moved(f"/{n}", f"/{n + 1}")
    assert "more than 5 times" in await why(fetcher, "http://contour.example/0")
    assert len(site.asked) == 6


@pytest.mark.parametrize(
    "inside",
    [
        "http://127.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "http://localhost/",
        "http://2130706433/",
        "http://contour.example:22/",
        "file:///etc/passwd",
        "gopher://contour.example/",
        "http://user:pass@contour.example/",
        "http://contour.example\\@127.0.0.1/",
        "http://[bad/",
    ],
)
async def test_ssrf_no_redirect_leads_inside(site: Site, dial: Dial, fetcher: Fetcher, inside: str):
    site.moved("/a", inside)
    assert await why(fetcher, "http://contour.example/a")
    assert len(site.asked) == 1
    assert dial.dialled == [PUBLIC]


@pytest.mark.parametrize(
    "records",
    [
        ["127.0.0.1"],
        ["10.1.2.3"],
        ["169.254.169.254"],
        ["100.64.0.1"],
        ["224.0.0.251"],
        ["0.1.2.3"],
        ["::1"],
        ["::ffff:127.0.0.1"],
        ["64:ff9b::7f00:1"],
        ["2002:7f00:1::1"],
        ["fd00::1"],
        ["fe80::1%eth0"],
        [PUBLIC, "192.168.0.1"],
    ],
)
async def test_ssrf_a_name_with_any_machine_inside_is_not_opened(
    dial: Dial, names: Names, fetcher: Fetcher, records: list[str]
):
    names.answers["trap.example"] = [records]
    with pytest.raises(LedInside):
        await fetcher.fetch("http://trap.example/")
    assert dial.dialled == []


async def test_ssrf_a_name_that_answers_twice_in_two_ways_is_asked_once_for_each_connection(
    site: Site, dial: Dial, names: Names, fetcher: Fetcher
):
    """DNS rebinding: what is connected to is what was checked."""
    names.answers["rebind.example"] = [[PUBLIC], ["127.0.0.1"]]
    site.moved("/a", "/b")
    assert "inside a network" in await why(fetcher, "http://rebind.example/a")
    assert names.looked_up == ["rebind.example", "rebind.example"]
    assert dial.dialled == [PUBLIC]


async def test_of_several_machines_the_next_is_tried(site: Site, dial: Dial, names: Names, fetcher: Fetcher):
    site.page("/")
    other = "2606:4700:4700::1111"
    names.answers["contour.example"] = [[other, PUBLIC]]
    dial.silent = frozenset({other})
    assert (await fetcher.fetch("http://contour.example/")).body == PAGE
    assert dial.dialled == [other, PUBLIC]
    dial.silent = frozenset({other, PUBLIC})
    assert "I cannot reach contour.example" in await why(fetcher, "http://contour.example/")


async def test_a_site_that_is_not_there_is_told_with_what_to_do(names: Names, fetcher: Fetcher):
    names.answers["gone.example"] = [[]]
    assert await why(fetcher, "http://gone.example/") == (
        "I cannot reach gone.example. Check how the site is written, or try again later."
    )


# Hosts that an operator opened


async def test_an_opened_host_is_read_where_it_is_and_shown_as_it_is_called(site: Site, names: Names):
    site.page("/team")
    origin = f"http://127.0.0.1:{site.port}"
    fetcher = Fetcher(hosts={"wiki": origin, "Bücher.example": origin}, resolve=names)
    found = await fetcher.fetch("https://wiki/team")
    assert (found.address, found.is_public) == ("https://wiki/team", False)
    assert "Host: wiki\r\n" in site.asked[0]
    assert (await fetcher.fetch("https://bücher.example/team")).address == "https://xn--bcher-kva.example/team"
    assert names.looked_up == []


async def test_ssrf_an_opened_host_is_reached_by_its_name_only(site: Site, dial: Dial, names: Names):
    hosts = {"wiki.example": f"http://127.0.0.1:{site.port}"}
    fetcher = Fetcher(hosts=hosts, resolve=names, dial=dial)
    site.moved("/a", "https://wiki.example/secret")
    site.moved("/b", f"http://127.0.0.1:{site.port}/secret")
    assert "is inside. Name that address yourself." in await why(fetcher, "http://contour.example/a")
    assert await why(fetcher, "https://wiki.example/b")
    assert await why(fetcher, f"http://127.0.0.1:{site.port}/secret")
    assert not any("/secret" in request for request in site.asked)


# Limits


def stream_of(chunk: bytes, *, every: float, head: dict[str, str]) -> Answers:
    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(head_of("200 OK", {"content_type": "text/html", **head}))
        while not writer.is_closing():
            writer.write(chunk)
            await writer.drain()
            await asyncio.sleep(every)

    return answer


async def test_ssrf_what_says_that_it_has_ten_gigabytes_is_not_begun(site: Site, fetcher: Fetcher):
    site.page("/big", content_length=str(10**10))
    assert "longer than 5 MB" in await why(fetcher, "http://contour.example/big")


async def test_ssrf_an_endless_body_is_cut_off(site: Site, dial: Dial, names: Names):
    fetcher = Fetcher(resolve=names, dial=dial, limits=Limits(most_bytes=300_000, seconds=30))
    site.answers["/"] = stream_of(b"x" * 50_000, every=0, head={})
    with pytest.raises(TooLong):
        await fetcher.fetch("http://contour.example/")


@pytest.mark.parametrize(
    "answer",
    [
        stream_of(b"x", every=0.02, head={}),
        stream_of(b"X-Slow: 1\r\n", every=0.02, head={"content_type": ""}),
        stream_of(b"", every=0.05, head={"content_length": "10"}),
    ],
    ids=["drips", "endless headers", "says nothing"],
)
async def test_ssrf_a_slow_site_is_left_when_the_time_is_up(site: Site, dial: Dial, names: Names, answer: Answers):
    fetcher = Fetcher(resolve=names, dial=dial, limits=Limits(seconds=0.3))
    site.answers["/"] = answer
    with pytest.raises(ServiceUnavailable):
        await fetcher.fetch("http://contour.example/")


async def test_ssrf_a_gzip_bomb_is_never_unpacked(site: Site, fetcher: Fetcher):
    site.page("/bomb", body=gzip.compress(bytes(40_000_000)), content_encoding="gzip")
    assert "longer than 5 MB" in await why(fetcher, "http://contour.example/bomb")


@pytest.mark.parametrize("encoding", ["br", "gzip, gzip", "zstd"])
async def test_what_is_packed_in_another_way_is_said_to_be(site: Site, fetcher: Fetcher, encoding: str):
    site.page("/", content_encoding=encoding)
    assert "does not unpack" in (await why(fetcher, "http://contour.example/")).replace("do not", "does not")


async def test_a_damaged_body_is_a_sentence(site: Site, fetcher: Fetcher):
    site.page("/", body=b"no gzip at all", content_encoding="gzip")
    assert "damaged" in await why(fetcher, "http://contour.example/")


@pytest.mark.parametrize("media", ["video/mp4", "application/zip", "application/x-msdownload", "image/svg+xml"])
async def test_what_nobody_reads_is_refused_by_its_kind(site: Site, fetcher: Fetcher, media: str):
    site.page("/x", content_type=media)
    assert media in await why(fetcher, "http://contour.example/x")


@pytest.mark.parametrize(
    ("status", "error", "said"),
    [
        ("404 Not Found", NotFound, "There is no such page"),
        ("410 Gone", NotFound, "There is no such page"),
        ("403 Forbidden", Refused, "wants a sign-in or keeps programs out"),
        ("401 Unauthorized", Refused, "wants a sign-in or keeps programs out"),
        ("429 Too Many Requests", ServiceUnavailable, "Try again later"),
        ("503 Service Unavailable", ServiceUnavailable, "Try again later"),
        ("418 I'm a teapot", Refused, "paste the part that matters"),
    ],
)
async def test_each_refusal_of_a_site_names_the_next_step(
    site: Site, fetcher: Fetcher, status: str, error: type[Exception], said: str
):
    site.page("/x", status=status)
    with pytest.raises(error, match=said):
        await fetcher.fetch("http://contour.example/x")


async def test_an_empty_page_and_a_broken_answer_are_sentences(site: Site, fetcher: Fetcher):
    site.page("/empty", body=b"")

    async def nonsense(writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 ftp ready\r\n\r\n")

    site.answers["/ftp"] = nonsense
    assert "empty page" in await why(fetcher, "http://contour.example/empty")
    assert "broke off" in await why(fetcher, "http://contour.example/ftp")
