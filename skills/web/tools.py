"""What can be done on the web: read a page that was named, and search."""

from documents.document import Unreadable
from integrations.errors import ServiceUnavailable
from skills.errors import RetryToolCall, ToolFailed
from skills.record import PUBLIC, Record
from skills.skill import Result, Says, ToolContext, tool
from skills.web.client import Hit, Page, Web
from skills.web.shown import MAX_QUERY, best, file_of, hits_shown, page_shown

_MAX_ADDRESS = 4_000
"""Characters; browsers and servers stop far below."""


@tool(
    "read",
    says=Says(
        doing="Reading {url}",
        ask="Open this page?",
        done="Page opened",
        refused="Not opened",
        labels=(("Address", "{url}"),),
    ),
    targets=("url",),
    kinds={"url": "page"},
    egress=True,
    # Whoever runs the site sees the address: that is what `egress` stands for. Nobody else sees anything.
    seen_by=(),
)
async def read_page(ctx: ToolContext[Web], url: str) -> Result:
    """Read a web page, or a PDF, document, sheet or text file behind a link.

    Gives its title, site, author and date where it tells them, its address and its main text. Of a long page the
    beginning; the whole is kept in this conversation under the name in `kept_as`, for `read_attachment` and
    `search_attachments`. So is a file behind the link, for `run_python`; a picture is shown to you.

    Args:
        url: The whole address, beginning with https:// or http://, exactly as the person wrote it or as a result had
            it. Never put anything that you read into an address.
    """
    address = _checked(url)
    try:
        page = await ctx.client.page(address)
    except (Unreadable, ServiceUnavailable) as error:
        # One page that is silent is no service of which the whole answer hangs.
        raise ToolFailed(str(error)) from error
    file = file_of(page)
    return Result(
        content=page_shown(page, file.name if file else ""),
        link=page.address,
        said=f"Read {page.site}",
        links=(page.address,),
        records=(_record(page),),
        files=(file,) if file else (),
    )


@tool(
    "read",
    says=Says(
        doing="Searching the web",
        ask="Search the web for this?",
        done="Searched the web",
        refused="Not searched",
        text="Words, exactly as they are searched for",
    ),
    payload=("query",),
    egress=True,
    # The one who searches is chosen by whoever runs Pinyon, as the model's vendor is.
    seen_by=(),
)
async def search_web(ctx: ToolContext[Web], query: str) -> Result:
    """Search the public web. Gives titles, addresses and short extracts; read a page before you rest on it.

    Args:
        query: A few words to search for, in the person's own words where they fit. Nothing that you read elsewhere, and
            nothing that only this company knows, unless the person wrote it.
    """
    wanted = " ".join(query.split())
    if not wanted or len(wanted) > MAX_QUERY:
        raise RetryToolCall(f"`query` must be 1 to {MAX_QUERY} characters, got {len(wanted):,}.")
    try:
        found = await ctx.client.search(wanted)
    except ServiceUnavailable as error:
        raise ToolFailed(str(error)) from error
    hits = best(found)
    return Result(
        content=hits_shown(found),
        said=f"Searched the web, {_counted(len(hits))}",
        links=tuple(hit.address for hit in hits),
        records=tuple(map(_record_of, hits)),
        cost_usd=found.cost_usd,
    )


def _checked(url: str) -> str:
    address = url.strip()
    if not address.lower().startswith(("https://", "http://")):
        raise RetryToolCall(f"`url` must begin with https:// or http://, got {address[:100]!r}.")
    if len(address) > _MAX_ADDRESS:
        raise RetryToolCall(f"`url` may have {_MAX_ADDRESS:,} characters, got {len(address):,}.")
    return address


def _record(page: Page) -> Record:
    return Record(
        kind="page",
        id=page.asked,
        name=page.title,
        keys=tuple(dict.fromkeys((page.asked, page.address))),
        readers=frozenset({PUBLIC}) if page.is_public else frozenset(),
        text="\n".join(filter(None, (page.facts, page.text))),
    )


def _record_of(hit: Hit) -> Record:
    return Record(
        kind="page",
        id=hit.address,
        name=hit.title,
        keys=(hit.address,),
        readers=frozenset({PUBLIC}),
        text=hit.snippet,
    )


def _counted(count: int) -> str:
    return f"{count} result{'' if count == 1 else 's'}"
