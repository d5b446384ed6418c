"""Seals what must not be readable in a copy of the database, and signs what a browser carries."""

import base64
import binascii
import hashlib
import hmac
import json
import os
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
KID_BYTES = 4
NONCE_BYTES = 12


class Tampered(Exception):
    """What is stored was not sealed for this owner, was changed, or its key is gone: the person connects again."""


@dataclass(frozen=True, slots=True)
class _Key:
    kid: bytes
    master: bytes = field(repr=False)
    sealing: AESGCM = field(repr=False)


class Keyring:
    """The keys of `PINYON_SECRET_KEY`: the first one seals and signs, every one opens and verifies.

    AES-256-GCM binds each sealed text to its owner (workspace, person, integration) and key, so a row that was copied
    over another one does not open. Every use has its own key, derived with HKDF (RFC 5869).
    """

    def __init__(self, keys: str) -> None:
        """`keys`: one or several base64 keys of 32 bytes, separated by commas, the newest first."""
        self._keys = tuple(_read_key(key) for key in keys.split(","))

    def __repr__(self) -> str:
        return f"Keyring({', '.join(key.kid.hex() for key in self._keys)})"

    @property
    def newest(self) -> bytes:
        """The id of the key that seals; every sealed text begins with its key's id."""
        return self._keys[0].kid

    @property
    def older(self) -> tuple[bytes, ...]:
        """The ids of the keys that only open and verify."""
        return tuple(key.kid for key in self._keys[1:])

    def seal(self, plain: str, *, workspace: str, person: str, integration: str) -> bytes:
        """`kid | nonce | ciphertext` of `plain`, which only the same owner's `open` reads."""
        key = self._keys[0]
        nonce = os.urandom(NONCE_BYTES)
        return key.kid + nonce + key.sealing.encrypt(nonce, plain.encode(), _owner(workspace, person, integration, key))

    def open(self, sealed: bytes, *, workspace: str, person: str, integration: str) -> str:
        """Return what was sealed for this owner. Raises Tampered for anything else."""
        kid, nonce, ciphertext = sealed[:KID_BYTES], sealed[KID_BYTES:][:NONCE_BYTES], sealed[KID_BYTES + NONCE_BYTES :]
        key = next((key for key in self._keys if key.kid == kid), None)
        if key is None:
            raise Tampered(f"No key of PINYON_SECRET_KEY has the id {kid.hex()!r}; keep old keys after the new one")
        try:
            return key.sealing.decrypt(nonce, ciphertext, _owner(workspace, person, integration, key)).decode()
        except (InvalidTag, ValueError) as error:
            raise Tampered("A sealed value is not the one that was stored for its owner") from error

    def sign(self, purpose: str, text: str) -> str:
        """43 URL-safe characters that only a holder of the key can compute for this purpose and text."""
        return _signature(self._keys[0], purpose, text)

    def verify(self, purpose: str, text: str, signature: str) -> bool:
        """Whether `signature` is what one of the keys signs."""
        given = signature.encode()
        return any(hmac.compare_digest(_signature(key, purpose, text).encode(), given) for key in self._keys)


def new_key() -> str:
    """Make a fresh key in the form that `PINYON_SECRET_KEY` takes."""
    return base64.b64encode(os.urandom(KEY_BYTES)).decode()


def fingerprint(secret: str) -> str:
    """Return the one-way form in which a random secret (a link, a state, a session) is stored and looked up."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _read_key(text: str) -> _Key:
    try:
        master = base64.b64decode(text.strip().replace("-", "+").replace("_", "/"), validate=True)
    except (binascii.Error, ValueError):
        master = b""
    if len(master) != KEY_BYTES:
        raise ValueError(
            f"PINYON_SECRET_KEY needs {KEY_BYTES} bytes in base64 for each key, got {len(text)} characters"
        )
    return _Key(_derive(master, "key id")[:KID_BYTES], master, AESGCM(_derive(master, "seal")))


def _derive(master: bytes, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=f"pinyon {purpose}".encode()).derive(master)


def _signature(key: _Key, purpose: str, text: str) -> str:
    mac = hmac.digest(_derive(key.master, f"sign {purpose}"), text.encode(), "sha256")
    return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()


def _owner(workspace: str, person: str, integration: str, key: _Key) -> bytes:
    """JSON, because joining with a separator would let two owners share one text."""
    return json.dumps([workspace, person, integration, key.kid.hex()]).encode()
