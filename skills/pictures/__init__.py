"""Pictures: drawn from a description by the model vendor."""

from pathlib import Path

from skills.pictures.tools import make_picture
from skills.skill import Example, Skill

SKILL = Skill(
    name="pictures",
    title="Pictures",
    purpose="Draw a picture from your description, with what it costs.",
    integration=None,
    tools=(make_picture,),
    examples=(
        Example(title="Draw something", message="Draw a mountain hut in the first snow, as a flat illustration"),
        Example(title="A wide picture", message="Make a wide picture for the title page of our release notes"),
    ),
    reads="Nothing: it draws only what is described",
    changes="",
    instructions=Path(__file__).with_name("instructions.md"),
    # It shows what was described, and that rests on nothing that was not read before.
    audience="here",
    patience=120.0,
)
