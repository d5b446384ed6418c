"""What can be drawn."""

import re

from pydantic import JsonValue

from integrations.errors import ServiceUnavailable
from skills.errors import RetryToolCall, ToolFailed
from skills.pictures.client import Draws, Shape
from skills.showing import NewFile
from skills.skill import Result, Says, ToolContext, tool

MAX_DESCRIPTION = 4_000
_MAX_NAME = 50
_NO_NAME = re.compile(r"[^\w]+")


@tool("read", says=Says(doing="Drawing a picture"))
async def make_picture(ctx: ToolContext[Draws], description: str, shape: Shape = "square") -> Result:
    """Draw a picture from a description. It goes out with the answer, and costs money: one for each wish.

    Args:
        description: What is to be seen, in a few sentences: the thing, its surroundings, the style, words that shall
            stand in it in quotes. It also tells the picture to people who cannot see it.
        shape: The form of the picture.
    """
    wanted = description.strip()
    if not wanted or len(wanted) > MAX_DESCRIPTION:
        raise RetryToolCall(f"`description` must be 1 to {MAX_DESCRIPTION:,} characters, got {len(wanted):,}.")
    try:
        picture = await ctx.client.draw(wanted, shape)
    except ServiceUnavailable as error:
        # The answer does not hang on it: the model says so and goes on.
        raise ToolFailed(str(error)) from error
    name = f"{_name(wanted)}.{'jpg' if picture.media == 'image/jpeg' else picture.media.rpartition('/')[2]}"
    content: dict[str, JsonValue] = {"file": name, "size": picture.size}
    if picture.cost_usd is not None:
        content["cost"] = f"{picture.cost_usd:.3f} US dollars"
    return Result(
        content=content,
        untrusted=False,
        said="Drew a picture",
        files=(NewFile(name=name, body=picture.body, media=picture.media, show=True, alt=" ".join(wanted.split())),),
        cost_usd=picture.cost_usd,
    )


def _name(description: str) -> str:
    """The first words of what it shows."""
    words = _NO_NAME.sub("-", description).strip("-")
    return words[:_MAX_NAME].rpartition("-")[0] if len(words) > _MAX_NAME else words or "picture"
