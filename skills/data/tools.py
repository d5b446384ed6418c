"""Running Python over the files of the conversation."""

from pydantic import JsonValue

from skills.data.client import Ran, RunsPython
from skills.errors import RetryToolCall, ToolFailed
from skills.showing import NewFile, Working
from skills.skill import Result, Says, ToolContext, tool

REPAIRS = 3
"""How often code that failed may be mended within a turn."""
SHOWN = 12_000
"""Characters of output that the model reads; a table of more belongs into a file."""
LONGEST = 60_000
"""Characters of code."""
GIVE_UP = (
    "Do not run code again for this question. Tell the person in plain words what you tried, what went wrong and what "
    "would help, without a traceback, and give no figure that was not computed."
)


@tool("read", says=Says(doing="Computing"))
async def run_python(ctx: ToolContext[RunsPython], code: str) -> Result:
    """Run Python in a closed sandbox, as in a notebook: the value of the last expression is shown, variables stay.

    The conversation's files lie in the working directory under their names. pandas as pd, numpy as np and
    matplotlib.pyplot as plt are there; network, shell and installing packages are not. Figures left open, and
    pictures saved as .png or .svg, go to the person as charts; other files written into the working directory go
    to them as files. Returns output, error (a traceback to mend the code by), and the names of charts and files.

    Args:
        code: Python 3. Print what you need to know; at most 45 seconds and 2 GB of memory.
    """
    if not code.strip():
        raise RetryToolCall("`code` must hold Python to run.")
    if len(code) > LONGEST:
        raise RetryToolCall(
            f"`code` may have {LONGEST:,} characters, got {len(code):,}. Read data from a file instead."
        )
    if ctx.client.failures > REPAIRS:
        raise ToolFailed(f"Code failed {ctx.client.failures} times in this turn. {GIVE_UP}")
    ran = await ctx.client.run(code)
    if ran.error and ctx.client.failures > REPAIRS:
        raise ToolFailed(f"{ran.error}\n\nThis was the last of {REPAIRS} repairs. {GIVE_UP}")
    return Result(
        content=_read_by_model(ran),
        said=_said(ran),
        files=ran.files,
        working=None if ran.error else Working(language="python", text=code),
    )


def _read_by_model(ran: Ran) -> dict[str, JsonValue]:
    content: dict[str, JsonValue] = {
        "output": middle_cut(ran.output),
        "error": ran.error,
        "charts": [file.name for file in ran.files if _is_chart(file)],
        "files": [file.name for file in ran.files if not _is_chart(file)],
    }
    if ran.notes:
        content["notes"] = list(ran.notes)
    return content


def _said(ran: Ran) -> str:
    if ran.error:
        return "Ran code, which failed"
    charts = sum(_is_chart(file) for file in ran.files)
    files = len(ran.files) - charts
    made = [
        f"{number} {what}{'' if number == 1 else 's'}"
        for number, what in ((charts, "chart"), (files, "file"))
        if number
    ]
    return f"Ran code and made {' and '.join(made)}" if made else "Ran code"


def _is_chart(file: NewFile) -> bool:
    return file.media.startswith("image/")


def middle_cut(text: str, longest: int = SHOWN) -> str:
    """`text` with its middle left out where it is too long: a table's head says what it is, its end how it ends."""
    if len(text) <= longest:
        return text
    head, tail = longest * 2 // 3, longest // 3
    left_out = len(text) - head - tail
    return f"{text[:head]}\n… {left_out:,} characters left out …\n{text[-tail:]}"
