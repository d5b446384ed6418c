"""OpenAI's embeddings (https://platform.openai.com/docs/api-reference/embeddings), counted from words."""

import base64
import math
import re
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence

from pydantic import JsonValue

from playground.model.cache import tokens
from playground.model.conversation import Json
from playground.model.wires.rules import invalid

MOST_INPUTS = 2048
MOST_TOKENS = 8192
"""Of one input."""
_SIZES: Mapping[str, int] = {"text-embedding-3-large": 3072}
_SIZE = 1536
_WHOLE, _PIECE = 1.0, 0.3
"""What a word weighs, and each of its beginnings: so that “refunds” is near to “refund”."""


def answer_embeddings(body: Json) -> Json:
    """What the vendor answers to texts. Raises VendorError for what it would not take."""
    texts = _texts(body.get("input"))
    model = str(body.get("model") or "")
    size = _size(model, body.get("dimensions"))
    packed = body.get("encoding_format") == "base64"
    vectors = [embedded(text, size) for text in texts]
    read = sum(map(tokens, texts))
    return {
        "object": "list",
        "data": [
            {"object": "embedding", "index": at, "embedding": _packed(vector) if packed else [*vector]}
            for at, vector in enumerate(vectors)
        ],
        "model": model,
        "usage": {"prompt_tokens": read, "total_tokens": read},
    }


def _texts(given: JsonValue) -> list[str]:
    texts = [given] if isinstance(given, str) else given if isinstance(given, list) else []
    words = [text for text in texts if isinstance(text, str)]
    if not words or len(words) != len(texts) or not all(words):
        raise invalid("'$.input' is invalid: give a text or a list of texts, none of them empty.")
    if len(words) > MOST_INPUTS:
        raise invalid(f"'$.input' is invalid: {len(words)} inputs, and {MOST_INPUTS} are the most.")
    if (longest := max(map(tokens, words))) > MOST_TOKENS:
        raise invalid(f"This model's maximum context length is {MOST_TOKENS} tokens, you requested {longest} tokens.")
    return words


def _size(model: str, asked: JsonValue) -> int:
    whole = _SIZES.get(model, _SIZE)
    if asked is None:
        return whole
    if not isinstance(asked, int) or not 1 <= asked <= whole:
        raise invalid(f"Invalid value for 'dimensions': {asked!r}. {model!r} has at most {whole}.")
    return asked


def embedded(text: str, size: int) -> Sequence[float]:
    """A text as the words that it has, hashed into `size` places: equal words, equal numbers, on every machine.

    The hashing trick (Weinberger et al., 2009); of length 1, as the vendor's are.
    """
    counts = [0.0] * size
    for word, weight in _pieces(text):
        code = zlib.crc32(word.encode())
        counts[code % size] += weight if code & 0x80000000 else -weight
    length = math.sqrt(sum(count * count for count in counts))
    return [count / length for count in counts] if length else [1.0, *[0.0] * (size - 1)]


def _pieces(text: str) -> Iterator[tuple[str, float]]:
    for word in re.findall(r"\w+", text.casefold()):
        yield word, _WHOLE
        for end in range(4, min(len(word), 9)):
            yield f"{word[:end]}-", _PIECE


def _packed(vector: Sequence[float]) -> str:
    """As the vendor packs them: 32 bits each, the lowest byte first."""
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()
