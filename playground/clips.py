"""Audio clips of the playground. Nobody here can listen: what a clip says is written into it, where players skip it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

Transcript: TypeAlias = Literal["complete", "never", "failed"]

SILENCE = Path(__file__).parent / "slack" / "silence.webm"
"""A second and a half of nothing, as a browser records it."""

_MARK = b"pinyon-playground:"
_VOID = b"\xec\x01"
"""WebM's element that players skip, its size in the 7 bytes after it (RFC 8794 §11.3.2)."""


def clip(says: str, recorded: bytes = b"") -> bytes:
    """A clip that says `says`: the sound of `recorded`, else silence, and the words in a part that players skip."""
    sound = recorded or SILENCE.read_bytes()
    words = _MARK + says.encode()
    if sound[4:8] == b"ftyp":
        # MP4's box for what players skip (ISO/IEC 14496-12 §8.1.2).
        return sound + (len(words) + 8).to_bytes(4, "big") + b"free" + words
    return sound + _VOID + len(words).to_bytes(7, "big") + words


def words_in(sound: bytes) -> str:
    """What a clip of the playground says; empty for any other sound."""
    _, mark, words = sound.rpartition(_MARK)
    return words.decode(errors="replace") if mark else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """An audio clip: what one says in it, and what becomes of Slack's transcript."""

    says: str
    seconds: float = 4.0
    recorded: bytes = b""
    """The sound itself, WebM or MP4; silence where it is empty."""
    transcript: Transcript = "complete"
    after: float = 0.1
    """Seconds until the transcript is there."""

    @property
    def name(self) -> str:
        """The name that Slack gives it."""
        return "audio_message.m4a" if self.recorded[4:8] == b"ftyp" else "audio_message.webm"

    @property
    def sound(self) -> bytes:
        """The clip as a file."""
        return clip(self.says, self.recorded)
