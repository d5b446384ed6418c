"""The web: pages that people name, files behind links, and a search where one is set up."""

from pathlib import Path

from skills.skill import Example, Skill
from skills.web.tools import read_page, search_web

SKILL = Skill(
    name="web",
    title="Web pages",
    purpose="Read a page or a file behind a link, and search the web where an admin has set it up.",
    integration=None,
    tools=(read_page, search_web),
    examples=(
        Example(title="Sum up a page", message="Summarise https://docs.python.org/3/whatsnew/ in five lines"),
        Example(
            title="What a page says",
            message="What does https://www.w3.org/WAI/fundamentals/accessibility-intro/ say about alt text?",
        ),
    ),
    reads="Web pages and files behind links that anybody can open; what you did not write yourself it asks about",
    changes="",
    instructions=Path(__file__).with_name("instructions.md"),
    audience="here",
    at_hand=True,
)
