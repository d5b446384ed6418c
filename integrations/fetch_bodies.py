"""Bodies of answers, unpacked while they come, and cut off where they grow too long."""

import zlib
from collections.abc import AsyncIterable

from integrations.errors import Refused


class TooLong(Refused):
    """It is longer than what is read of anything."""

    def __init__(self, most: int) -> None:
        super().__init__(
            f"What stands there is longer than {most / 1e6:.0f} MB, and I read no more than that from an address."
            " If you attach the file or paste the part that matters, I can go on."
        )


async def unpacked(chunks: AsyncIterable[bytes], encoding: str, *, most: int) -> bytes:
    """All of a body, unpacked. Raises TooLong as soon as it has more than `most` bytes, packed or unpacked.

    Nothing is ever unpacked beyond that, so that a small answer cannot become a large one (a "gzip bomb").
    """
    unpack = _Unpacking(encoding, most)
    came = 0
    async for chunk in chunks:
        came += len(chunk)
        if came > most:
            raise TooLong(most)
        unpack.take(chunk)
    return bytes(unpack.body)


class _Unpacking:
    def __init__(self, encoding: str, most: int) -> None:
        self.body = bytearray()
        self._most = most
        match encoding.strip().lower():
            case "" | "identity":
                self._unpack = None
            case "gzip" | "x-gzip":
                self._unpack = zlib.decompressobj(zlib.MAX_WBITS | 16)
            case "deflate":
                self._unpack = zlib.decompressobj(zlib.MAX_WBITS)
            case other:
                raise Refused(f"The site packs the page in a way that I do not unpack ({other[:40]!r}). {_ELSE}")

    def take(self, chunk: bytes) -> None:
        if self._unpack is None:
            self.body += chunk
            return
        try:
            self.body += self._unpack.decompress(chunk, self._most + 1 - len(self.body))
        except zlib.error as error:
            raise Refused(f"What the site sent is damaged. {_ELSE}") from error
        if len(self.body) > self._most:
            raise TooLong(self._most)


_ELSE = "If you open it in a browser and paste the part that matters, I can go on."
