"""The confined process itself: limits what it may take, does one job on the bytes it is given, and ends."""

import json
import os
import resource
import sys
from collections.abc import Mapping
from typing import Any, BinaryIO

DONE, REFUSED, SWAMPED, BROKE = b"+", b"-", b"m", b"!"
"""How an answer begins: it holds what was made, a sentence to a person, nothing, or where the code broke."""
_MEBIBYTE = 1 << 20


def main() -> None:
    """Read the order and the bytes from standard input, and write one framed answer to what was standard output."""
    answer = _own_answer()
    order, body = _told(sys.stdin.buffer)
    limit(order["limits"])
    kind, said = _outcome(order["job"], body, order["options"])
    answer.write(frame(kind, said))
    answer.flush()
    # What libraries do at the end of a process is time, and sometimes a crash, that nobody needs.
    os._exit(0)


def frame(kind: bytes, said: bytes) -> bytes:
    """An answer as it crosses: what came of it, how long it is, and what it says."""
    return kind + len(said).to_bytes(8, "big") + said


def limit(limits: Mapping[str, int]) -> None:
    """Take no more memory (bytes), time of a processor (seconds), bytes in a file, or open files from here on."""
    # The first limit ends it with a signal that says why, the second one whatever it does.
    resource.setrlimit(resource.RLIMIT_CPU, (limits["cpu_seconds"], limits["cpu_seconds"] + 2))
    for what, most in (
        (resource.RLIMIT_FSIZE, limits["file_bytes"]),
        (resource.RLIMIT_NOFILE, limits["open_files"]),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    if sys.platform == "linux":  # macOS refuses limits on addresses: its frameworks alone reserve more
        resource.setrlimit(resource.RLIMIT_AS, (limits["memory_bytes"], limits["memory_bytes"]))


def _own_answer() -> BinaryIO:
    """The way back, for the answer alone: whatever a library prints goes nowhere."""
    kept = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    return os.fdopen(kept, "wb")


def _told(source: BinaryIO) -> tuple[dict[str, Any], bytes]:
    length = int.from_bytes(source.read(8), "big")
    return json.loads(source.read(length)), source.read()


def _outcome(name: str, body: bytes, options: Mapping[str, Any]) -> tuple[bytes, bytes]:
    from documents.document import Unreadable  # after the limits stand
    from documents.jobs import job

    try:
        return DONE, job(name)(body, options)
    except Unreadable as why:
        return REFUSED, str(why).encode()
    except MemoryError:
        return SWAMPED, b""
    except Exception as error:  # noqa: BLE001 - the end of the task: the process ends here, whatever it was
        return BROKE, _where(error).encode()


def _where(error: Exception) -> str:
    """The kind of an error and the line of ours that met it: never its message, which may quote the document."""
    place = ""
    trace = error.__traceback__
    while trace is not None:
        module = trace.tb_frame.f_globals.get("__name__", "")
        if module.startswith("documents."):
            place = f"{module}:{trace.tb_lineno}"
        trace = trace.tb_next
    return f"{type(error).__name__} at {place}"


if __name__ == "__main__":
    main()
