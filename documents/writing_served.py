"""What whoever serves a page of ours has to know of it."""

import re
from html import escape

BAR = "<!-- bar -->"
"""Where a page takes a line about itself; the text of a page cannot hold it."""
_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="(?P<policy>[^"<>]+)">')
NOTHING = "default-src 'none'"


def policy_of(html: str) -> str:
    """The policy to send with a page: its own, in no frame, and with an origin of nobody's.

    Even a script that got past every other wall would then act for nobody who is signed in.
    """
    found = _POLICY.search(html[:1000])
    own = found["policy"] if found else NOTHING
    may = "sandbox allow-scripts" if "script-src" in own else "sandbox"
    return f"{own}; frame-ancestors 'none'; {may}"


def with_bar(html: str, words: str, *, link: str, to: str) -> str:
    """A page with a line at its top: `words`, and a link of ours."""
    leads = f'<a href="{escape(to)}">{escape(link)}</a>'
    bar = f'<nav class="bar" aria-label="About this page"><span>{escape(words)}</span>{leads}</nav>'
    return html.replace(BAR, bar, 1)
