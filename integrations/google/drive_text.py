"""From the bytes that Drive gives to text (pure)."""

import codecs
import re

_PICTURE = re.compile(r"^\[[^\]\n]*\]:\s*<data:[^>\n]*>?[ \t]*$\n?", re.MULTILINE)


def decoded(body: bytes) -> str:
    """`body` as text, whatever its encoding; the last character may have been cut in half."""
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = body.decode("utf-16", errors="replace")
    else:
        try:
            text = codecs.getincrementaldecoder("utf-8-sig")().decode(body)
        except UnicodeDecodeError:
            # What office programs still write where they do not write UTF-8; every byte means something there.
            text = body.decode("cp1252", errors="replace")
    return text.replace("\r\n", "\n").replace("\x00", "")


def without_pictures(markdown: str) -> str:
    """`markdown` as Docs exports it, without the pictures, which it holds as data at its end."""
    return _PICTURE.sub("", markdown)
