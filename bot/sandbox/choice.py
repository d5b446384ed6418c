"""Which sandbox there is, as the settings say."""

from pathlib import Path
from typing import Literal

from bot.sandbox.pool import WarmSandboxes
from bot.sandbox.sandbox import Lost, Sandboxes, Session

Choice = Literal["auto", "e2b", "bubblewrap", "off"]


def open_sandboxes(
    choice: Choice, *, e2b_key: str = "", e2b_api_url: str = "", e2b_sandbox_url: str = "", style: Path | None = None
) -> Sandboxes:
    """The sandboxes of this process; `auto` is E2B where it has a key, else bubblewrap. Starts nothing yet.

    There is no other: where neither works, no code runs. `style` is what charts look like.
    """
    if choice == "off":
        return WarmSandboxes(_no_session, _switched_off)
    if choice == "e2b" or (choice == "auto" and e2b_key):
        from bot.sandbox.e2b import E2B

        remote = E2B(key=e2b_key, api_url=e2b_api_url, sandbox_url=e2b_sandbox_url, style=style)
        return WarmSandboxes(remote.start, remote.off)
    from bot.sandbox.bubblewrap import Bubblewrap

    local = Bubblewrap(style=style)
    return WarmSandboxes(local.start, local.off)


async def _no_session() -> Session:
    raise Lost(await _switched_off())


async def _switched_off() -> str:
    return "Running code is switched off here: an admin can set PINYON_SANDBOX=auto."
