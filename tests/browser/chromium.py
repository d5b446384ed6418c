"""Where the browser of the tests is; as a script it prints that, or what to install."""

import shutil
import sys
from pathlib import Path

NAMES = ("chromium-headless-shell", "chromium", "google-chrome", "google-chrome-stable")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
PLAYWRIGHT = (Path.home() / ".cache" / "ms-playwright", Path.home() / "Library" / "Caches" / "ms-playwright")
MISSING = """\
The browser tests need a Chromium, and none was found.
Debian:        apt-get install chromium-headless-shell    (or chromium)
Ubuntu, macOS: .venv/bin/python -m playwright install --with-deps chromium-headless-shell
macOS also:    Google Chrome in /Applications is found by itself"""


def chromium() -> str | None:
    """The path of a Chromium that can run without a screen."""
    # Ubuntu's chromium is a snap: it cannot be started by root or inside a container, so Playwright's own comes first.
    own = [str(path) for folder in PLAYWRIGHT for path in sorted(folder.glob("chromium_headless_shell-*/*/*shell"))]
    installed = [found for name in NAMES if (found := shutil.which(name))]
    return next(iter([*own, *installed, *([str(MAC)] if MAC.exists() else [])]), None)


def main() -> None:
    found = chromium()
    if found is None:
        sys.exit("" if "--quiet" in sys.argv else MISSING)


if __name__ == "__main__":
    main()
