"""What the playground's vendors have in common of OAuth 2.0: where they send a browser back to, and PKCE."""

import base64
import hashlib
from urllib.parse import urlsplit

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def challenge(verifier: str) -> str:
    """What PKCE's S256 makes of a verifier."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def is_below(redirect: str, registered: str) -> bool:
    """Whether `redirect` lies at or below a registered address; on loopback every port counts (RFC 8252 §7.3)."""
    wanted, known = urlsplit(redirect), urlsplit(registered)
    same_host = (wanted.scheme, wanted.hostname) == (known.scheme, known.hostname)
    same_port = wanted.port == known.port or known.hostname in LOOPBACK
    folder = known.path.rstrip("/")
    return same_host and same_port and (wanted.path == known.path or wanted.path.startswith(f"{folder}/"))
