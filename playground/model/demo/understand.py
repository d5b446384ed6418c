"""What the person asks for, found by keywords in their own words."""

import re
from dataclasses import replace
from typing import Literal

from playground.model.demo.keywords import any_of, has
from playground.model.demo.plain import plain, split_body
from playground.model.demo.request import (
    Aspect,
    Comment,
    Judge,
    Listing,
    Look,
    Merge,
    Request,
    Reviewers,
    Talk,
    Which,
)
from playground.model.demo.targets import NO_REPOSITORY, Target, target_of
from playground.model.demo.topics import topic_of

_PULLS = r"(?:prs?|pull[ -]?requests?|pulls?|merge requests?)"
_POLITE = re.compile(
    r"^(?:(?:hey|hi|hello|ok(?:ay)?|so|and|now|then|please|pls|just|let's|go ahead and"
    r"|(?:can|could|would|will) you|i (?:want|would like) you to)\b[\s,]*)+"
)
_QUESTION = re.compile(
    r"(?:who|what|which|when|why|where|how|is|are|was|were|did|does|do|has|have|should|any|anything"
    r"|(?:can|may|could) i)\b"
)
_PRONOUNS = frozenset(
    {"him", "her", "them", "they", "someone", "somebody", "anyone", "anybody", "whoever", "me", "us", "it", "you"}
)

LONGEST_COMMAND = 1_000


def understand(said: str) -> Request:
    """What `said` asks for. The first rule that fits wins; the more a request would change, the earlier it stands."""
    text = plain(said)
    if not text:
        return Talk(topic="empty")
    if re.search(r"\bone word\b", text[:LONGEST_COMMAND], re.IGNORECASE):
        return _in_one_word(text)
    command, body = split_body(text)
    # Patterns look back and forth: in a text of 40,000 characters they would take seconds.
    lowered = _POLITE.sub("", command[:LONGEST_COMMAND].lower()).strip()
    for rule in _RULES:
        if (found := rule(lowered, body)) is not None:
            return found if body else _with_case(found, text)
    return Talk(topic=topic_of(text[:LONGEST_COMMAND].lower()))


def _in_one_word(text: str) -> Request:
    target, _ = target_of(text[:LONGEST_COMMAND].lower())
    return Look(target=target, aspect="word") if target.is_named else Talk(topic="word")


def _asks(text: str) -> bool:
    return _QUESTION.match(text) is not None


# The rules. Each gets the command in lower case, and the text to post if it was set apart.


def _writing(text: str, body: str) -> Request | None:
    del body
    count = re.search(r"\b(\d{3,6}) (?:characters?|chars|letters)\b", text)
    if count or has(text, "something (?:very |really )?long", "long(?:er)? (?:text|answer|story|message)"):
        return Talk(topic="long", length=int(count[1]) if count else 0)
    return Talk(topic="table") if has(text, "(?:a|some|with) (?:table|code)") else None


def _reviewers(text: str, body: str) -> Request | None:
    if body or has(text, "my review", "for me"):
        return None
    who = has(
        text, "who (?:else )?(?:can|could|should|may|might|must|is able to|has to) (?:approve|review)", "whose review"
    )
    verbs = any_of("ask", "get", "request", "add", "assign", "invite", "re-?request")
    asks = re.search(rf"{verbs}.*{any_of('(?:re-?)?reviews?', 'reviewers?', 'approve', 'approval', 'look')}", text)
    if not (who or asks):
        return None
    target, rest = target_of(text)
    away = re.findall(r"\b([\w-]+) (?:is|was) (?:gone|away|off|out|on|sick|busy|not (?:here|there))\b", text)
    instead = re.findall(r"\binstead of @?([\w-]+)", rest)
    names = () if who else _names_in(re.sub(r"\binstead of @?[\w-]+", "", rest))
    return Reviewers(
        target=target,
        names=names,
        without=(*away, *instead),
        only_says_who=who and not has(text, "ask (?:him|her|them|it|that person)"),
        usual=not (who or names or away or instead or has(text, "owners?")),
    )


def _names_in(text: str) -> tuple[str, ...]:
    """Whose review is asked for: `ask X and Y to review`, `request a review from X`, `add X as reviewer`."""
    patterns = (
        r"\breviews?\s+(?:from|by|of)\s+(.+?)(?=$|[.?!]|\s+(?:on|for|to|instead|please)\b)",
        r"\b(?:ask|get|invite)\s+(.+?)\s+(?:to|for)\b",
        r"\b(?:add|assign)\s+(.+?)\s+(?:as|to|for)\b",
    )
    found = next((m[1] for pattern in patterns if (m := re.search(pattern, text))), "")
    if has(found, "(?:code ?)?owners?") or found.startswith("for "):
        return ()
    parts = [part.strip(" @.") for part in re.split(r",|&|\band\b|\bor\b|\bplus\b", found)]
    return tuple(part for part in parts if part and part not in _PRONOUNS and not has(part, "reviews?"))


def _changes(text: str, body: str) -> Request | None:
    if _asks(text) or not has(text, "(?:request|ask for|want|demand) (?:some )?changes", "reject"):
        return None
    target, rest = target_of(text)
    reason = re.search(r"\b(?:because|since|as|saying|that)\s+(.+)$", rest, re.DOTALL)
    return Judge(target=target, verdict="request_changes", body=body or _sentence(reason[1] if reason else ""))


def _approve(text: str, body: str) -> Request | None:
    if _asks(text) or not has(text, "approve", "lgtm"):
        return None
    target, rest = target_of(text)
    said = re.search(r"\b(?:saying|say|with the words|and say|and write)\s+(?:that\s+)?(.+)$", rest, re.DOTALL)
    return Judge(target=target, verdict="approve", body=body or _sentence(said[1] if said else ""))


def _merge(text: str, body: str) -> Request | None:
    if body or _asks(text) or not re.search(r"\b(?:squash|rebase|merge)\b(?! (?:conflict|request))", text):
        return None
    target, _ = target_of(text)
    if not (target.is_named or has(text, "it", "this", "that")):
        return None
    return Merge(target=target, method=_method(text), anyway=has(text, "anyway", "regardless", "nonetheless"))


def _method(text: str) -> Literal["merge", "squash", "rebase"] | None:
    if has(text, "squash"):
        return "squash"
    if has(text, "rebase"):
        return "rebase"
    return "merge" if has(text, "merge commit") else None


_LEAVE = r"(?:leave|post|write|add|make|put) (?:a |an? short |your )?(?:comment|note|reply|answer)"
_TELL = r"tell (?:the author|@?[\w-]+)|let @?[\w-]+ know|reply(?: to @?[\w-]+)?|answer @?[\w-]+|write(?: to @?[\w-]+)?"
_SAYS = rf"(?:{_LEAVE}|{_TELL}|comment|say|post)(?![\w'])"
_OWN_WORDS = re.compile(
    r"(?:it|that|this|so|something|there|your (?:findings|review|notes|summary|thoughts)"
    r"|what(?:ever)? you (?:find|found|think|noticed?)|the (?:review|summary|findings)"
    r"|(?:it )?(?:as )?(?:a |your )?comments?)?"
)


def _comment(text: str, body: str) -> Request | None:
    found = re.search(rf"(?:^|\band\b|[.,;]|\bthen\b)\s*({_SAYS})", text)
    if found is None or re.match(r"tell me\b|(?:write|say) (?:something|anything|me|a long|hello|hi|\d)\b", found[1]):
        return None
    if re.match(r"say|tell|write|post|let", found[1]) and not _talks_of_pull(text):
        return None
    before, after = text[: found.start()], text[found.start() :]
    if not has(before, "review", "read", "look at", "check", "summari[sz]e"):
        target, rest = target_of(text)
        return Comment(target=target, body=body or _words_to_post(rest))
    target, _ = target_of(before)
    if not target.is_named:
        target, after = target_of(after)
    return Comment(target=target, body=body or _words_to_post(after), with_review=True)


def _talks_of_pull(text: str) -> bool:
    return target_of(text)[0].is_named or has(text, _PULLS, "there", "on it", "comment", "^post (?:it|that|this)")


def _words_to_post(rest: str) -> str:
    said = re.sub(rf"^.*?{_SAYS}", "", rest, count=1, flags=re.DOTALL)
    said = re.sub(r"^[\s,]*(?:that|saying|to say|and say|with|of|about)\b", "", said.strip()).strip(" ,")
    return "" if _OWN_WORDS.fullmatch(said.strip(" .?!")) else _sentence(said)


_LISTS: tuple[tuple[Which, tuple[str, ...]], ...] = (
    (
        "waiting_for_my_review",
        (
            "wait(?:s|ing)? (?:for|on) (?:me|my)",
            "for me to (?:review|approve|look)",
            "my (?:review|approval)",
            "review (?:queue|requests)",
            "(?:should|must|can|do) i (?:have to |need to )?(?:review|look at)",
            "(?:left|anything|something|what|have|got) to review",
            "i (?:still )?(?:owe|have to review)",
        ),
    ),
    ("merged", ("merged", "went in", "shipped")),
    (
        "mine",
        (
            rf"(?:my|mine)\b[^.?!]*\b{_PULLS}",
            rf"{_PULLS} (?:of mine|i opened|by me)",
            "how (?:are )?mine",
            "what do i have open",
        ),
    ),
    (
        "open",
        (
            r"(?:open|list|show|all|any|which|what|current|find)\b[^.?!]*\b(?:prs|pull[ -]?requests|pulls)",
            "(?:prs|pull requests) (?:by|from|of|in)",
            "^(?:prs|pull requests)$",
        ),
    ),
)


def _listing(text: str, body: str) -> Request | None:
    del body
    which = _which(text)
    if which is None or target_of(text)[0].number is not None:
        return None
    repository = re.search(r"\b(?:in|of|for)\s+([\w.-]+/[\w.-]+|\w+(?:-\w+)+)\b", text)
    author = re.search(r"\b(?:by|from|of)\s+@?([\w-]+)\s*[?.!]*$", text)
    named = repository[1] if repository and repository[1] not in NO_REPOSITORY else None
    wrote = author[1] if author and author[1] not in {"me", "mine", "now", "today", "yesterday", named} else ""
    return Listing(which=which, repository=named, author=wrote)


def _which(text: str) -> Which | None:
    for which, patterns in _LISTS:
        if has(text, *patterns):
            return which
    return None


def _look(text: str, body: str) -> Request | None:
    del body
    target, rest = target_of(text)
    if target.number is not None:
        return Look(target=target, aspect=_aspect(rest))
    looks = has(rest, "review", "summari[sz]e", "summary", "look", "read", "explain", "checks?", "show", "describe")
    if target.is_named and (looks or has(rest, "about", "status", "green", "red", "ready", "open") or _asks(text)):
        return Look(target=target, aspect=_aspect(rest))
    return Look(target=Target(), aspect=_aspect(rest)) if looks and has(text, "it", "this", "that") else None


def _aspect(text: str) -> Aspect:
    if has(text, "review", "summari[sz]e", "summary"):
        return "review"
    if has(text, "checks?", "ci", "red", "green", r"fail\w*", "pass(?:es|ing)?", "builds?", "ready", "merged?"):
        return "checks"
    return "discussion" if has(text, "comments?", "discussion", "say", "said", "says", "wrote") else "review"


_RULES = (_writing, _reviewers, _changes, _approve, _merge, _comment, _listing, _look)


def _sentence(text: str) -> str:
    text = re.sub(r"\s+", " ", text).strip(" ,;")
    return text[:1].upper() + text[1:]


def _with_case(request: Request, said: str) -> Request:
    """Give words that are to be posted back the case in which the person wrote them."""
    match request:
        case Comment(body=body) | Judge(body=body) if body:
            found = re.search(r"\s+".join(map(re.escape, body.split())), said, re.IGNORECASE)
            return replace(request, body=f"{found[0][:1].upper()}{found[0][1:]}") if found else request
        case _:
            return request
