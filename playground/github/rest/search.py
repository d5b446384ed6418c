"""The endpoint that searches issues and pull requests."""

from datetime import datetime

from playground.github.calls import Answer, Call, Json, Route, page
from playground.github.search import Hit, parse, search
from playground.github.shapes import issues

MOST_RESULTS = 1_000


def search_issues(call: Call) -> Answer:
    query = call.query.get("q", "")
    hits = search(call.world, call.who, query)
    sort, order = _sorting(call, query)
    if sort in ("created", "updated", "comments"):
        hits.sort(key=lambda hit: _order(hit, sort), reverse=order == "desc")

    def shape(hit: Hit) -> Json:
        return issues.issue(call.site, hit.repository, hit.issue) | {"score": hit.score}

    def within(shown: list[object]) -> Json:
        return {"total_count": len(hits), "incomplete_results": False, "search_type": "lexical", "items": shown}

    return page(call, hits[:MOST_RESULTS], shape, within=within)


def _sorting(call: Call, query: str) -> tuple[str, str]:
    """From the parameters, or from a `sort:updated-asc` in the query."""
    inline = next((term.value for term in parse(query) if term.name == "sort"), "")
    name, _, direction = inline.partition("-")
    return call.query.get("sort", name), call.query.get("order", direction or "desc")


def _order(hit: Hit, sort: str) -> tuple[datetime, int] | tuple[int, int]:
    match sort:
        case "created":
            return hit.issue.created, hit.issue.number
        case "updated":
            return hit.issue.updated, hit.issue.number
        case _:
            return len(hit.issue.comments), hit.issue.number


ROUTES = (Route("GET", "/search/issues", search_issues),)
