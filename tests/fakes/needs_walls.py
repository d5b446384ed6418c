"""Whether bubblewrap has to be here: as root on Debian it is installed for the tests, so none is left out."""

import asyncio
import os
import shutil
import sys
from pathlib import Path

import pytest

from bot.sandbox.bubblewrap import Bubblewrap

_IS_EXPECTED = sys.platform == "linux" and os.geteuid() == 0 and Path("/etc/debian_version").exists()


def _is_missing() -> bool:
    return not _IS_EXPECTED and (shutil.which("bwrap") is None or bool(asyncio.run(Bubblewrap().off())))


needs_bubblewrap = pytest.mark.skipif(_is_missing(), reason="needs bubblewrap: apt-get install bubblewrap")
