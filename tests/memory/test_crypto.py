"""Sealing and signing."""

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memory.crypto import Keyring, Tampered, fingerprint, new_key

OWNER = {"workspace": "T1", "person": "T1:U1", "integration": "github"}
ring = Keyring(new_key())


@settings(max_examples=40, derandomize=True)
@given(st.text())
def test_the_owner_reads_what_was_sealed(plain: str) -> None:
    assert ring.open(ring.seal(plain, **OWNER), **OWNER) == plain


@pytest.mark.parametrize(
    "other",
    [
        {**OWNER, "workspace": "T2"},
        {**OWNER, "person": "T1:U2"},
        {**OWNER, "integration": "google"},
        {"workspace": "T1:U1", "person": "T1", "integration": "github"},
    ],
)
def test_a_row_copied_to_another_owner_does_not_open(other: dict[str, str]) -> None:
    """tok_aad"""
    with pytest.raises(Tampered):
        ring.open(ring.seal("gho_canary", **OWNER), **other)


@settings(max_examples=60, derandomize=True)
@given(st.data())
def test_one_changed_bit_is_noticed(data: st.DataObject) -> None:
    """tok_aad"""
    sealed = bytearray(ring.seal("secret", **OWNER))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(Tampered):
        ring.open(bytes(sealed), **OWNER)


@settings(max_examples=60, derandomize=True)
@given(st.binary(max_size=40))
def test_noise_and_short_input_are_refused(noise: bytes) -> None:
    known = ring.seal("x", **OWNER)[:4]
    with pytest.raises(Tampered):
        ring.open(known + noise, **OWNER)


def test_equal_texts_are_sealed_differently() -> None:
    assert ring.seal("same", **OWNER) != ring.seal("same", **OWNER)


def test_an_old_key_still_opens_and_verifies_while_the_new_one_seals() -> None:
    """tok_rotate"""
    old, new = new_key(), new_key()
    before = Keyring(old)
    sealed, signature = before.seal("kept", **OWNER), before.sign("cookie", "text")
    both = Keyring(f"{new}, {old}")
    assert both.open(sealed, **OWNER) == "kept"
    assert both.verify("cookie", "text", signature)
    assert Keyring(new).open(both.seal("fresh", **OWNER), **OWNER) == "fresh"


def test_a_key_that_is_gone_says_what_to_keep() -> None:
    sealed = Keyring(new_key()).seal("lost", **OWNER)
    with pytest.raises(Tampered, match="PINYON_SECRET_KEY"):
        ring.open(sealed, **OWNER)


@pytest.mark.parametrize("bad", ["", "short", "not base64!!", base64.b64encode(b"x" * 31).decode(), "ключ"])
def test_a_malformed_key_is_named_by_its_setting(bad: str) -> None:
    with pytest.raises(ValueError, match="PINYON_SECRET_KEY") as raised:
        Keyring(bad)
    assert not bad or bad not in str(raised.value)


def test_both_base64_alphabets_are_keys() -> None:
    raw = b"\xff" * 32
    standard, urlsafe = base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode()
    assert Keyring(standard).verify("p", "t", Keyring(urlsafe).sign("p", "t"))


def test_a_signature_holds_for_one_purpose_and_text_only() -> None:
    signature = ring.sign("session", "abc")
    assert ring.verify("session", "abc", signature)
    assert not ring.verify("link", "abc", signature)
    assert not ring.verify("session", "abd", signature)
    assert not ring.verify("session", "abc", "é")


def test_no_key_shows_in_the_repr() -> None:
    """tok_canary"""
    key = new_key()
    assert key[:8] not in repr(Keyring(key))


def test_a_fingerprint_hides_its_secret() -> None:
    assert fingerprint("a") == fingerprint("a") != fingerprint("b")
    assert len(fingerprint("a")) == 64
