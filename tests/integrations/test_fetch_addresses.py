"""Which addresses may be asked for, in all the ways in which they can be spelled (ssrf)."""

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.errors import Refused
from integrations.fetch_addresses import address_of, is_public

INSIDE = (
    "http://127.0.0.1/",
    "http://127.1/",
    "http://127.0.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.0.0.1/",
    "http://0177.0.0.1/",
    "http://0300.0250.1/",
    "http://0/",
    "http://0.0.0.0/",
    "http://[::]/",
    "http://[::1]/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[::127.0.0.1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[64:ff9b::127.0.0.1]/",
    "http://[64:ff9b:1::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[2001:0:7f00:1::]/",
    "http://[fe80::1]/",
    "http://[fe80::1%25eth0]/",
    "http://[fd00::1]/",
    "http://[ff02::1]/",
    "http://localhost/",
    "http://LOCALHOST./",
    "http://a.localhost/",
    "http://ⓛocalhost/",
    "http://printer.local/",
    "http://metadata.google.internal/",
    "http://intranet/",
    "http://169.254.169.254/",
    "http://169.254.169.254./",
    "http://①⑥⑨.②⑤④.①⑥⑨.②⑤④/",
    "http://169。254。169。254/",
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://192.168.1.1/",
    "http://100.64.0.1/",
    "http://192.0.2.1/",
    "http://198.18.0.1/",
    "http://192.88.99.1/",
    "http://224.0.0.1/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
)
NEVER = (
    "file:///etc/passwd",
    "gopher://contour.example/",
    "ftp://contour.example/",
    "javascript:alert(1)",
    "data:text/html,x",
    "//contour.example/",
    "http:contour.example",
    "http:///contour.example",
    "http://",
    "",
    "http://contour.example:22/",
    "http://contour.example:8080/",
    "http://contour.example:99999/",
    "http://contour.example:/",
    "http://user@contour.example/",
    "http://user:secret@contour.example/",
    "http://contour.example@127.0.0.1/",
    "http://contour.example\\@127.0.0.1/",
    "http://contour.example /",
    "http://contour.example/a b",
    "http://contour.example/\r\nHost: x",
    "http://contour.example/\u202egpj",
    "http://con\u200btour.example/",
    "http://a..example/",
    "http://-a.example/",
    "http://a_.b-.example/",
    "http://[contour.example]/",
    "http://[::1/",
    "http://" + "a" * 64 + ".example/",
    "http://" + "a." * 130 + "example/",
    "http://contour%2eexample/",
)


@pytest.mark.parametrize("address", INSIDE)
def test_ssrf_no_spelling_leads_inside(address: str):
    with pytest.raises(Refused):
        address_of(address)


@pytest.mark.parametrize("address", NEVER)
def test_ssrf_what_is_no_plain_address_of_the_web_is_refused(address: str):
    with pytest.raises(Refused):
        address_of(address)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("https://contour.example", "https://contour.example/"),
        ("HTTPS://Contour.Example:443/A?b=C#d", "https://contour.example/A?b=C"),
        ("http://contour.example.:80/", "http://contour.example/"),
        ("http://contour.example:443/", "http://contour.example:443/"),
        ("  https://contour.example/  ", "https://contour.example/"),
        ("https://bücher.example/ä?q=ü", "https://xn--bcher-kva.example/%C3%A4?q=%C3%BC"),
        ("https://xn--bcher-kva.example/", "https://xn--bcher-kva.example/"),
        ("https://раypal.example/", "https://xn--ypal-43d9g.example/"),
        ("https://my_team.example/%2e%2e/x%zz", "https://my_team.example/%2e%2e/x%zz"),
        ("https://contour.example/?q=a+b&c=%20", "https://contour.example/?q=a+b&c=%20"),
        ("https://1.1.1.1/", "https://1.1.1.1/"),
        ("https://[2606:4700:4700::1111]/", "https://[2606:4700:4700::1111]/"),
    ],
)
def test_an_address_has_one_form(given: str, shown: str):
    assert address_of(given).shown == shown
    assert address_of(shown).shown == shown


def test_a_host_that_an_operator_opened_may_have_any_name_and_port():
    assert address_of("http://wiki:8080/a", inside={"wiki"}).authority == "wiki:8080"
    with pytest.raises(Refused):
        address_of("http://wiki2:8080/a", inside={"wiki"})


@pytest.mark.parametrize(
    ("location", "shown"),
    [
        ("/b", "https://contour.example/b"),
        ("b?c=1", "https://contour.example/dir/b?c=1"),
        ("?c", "https://contour.example/dir/a?c"),
        ("//other.example", "https://other.example/"),
        ("http://other.example/x", "http://other.example/x"),
    ],
)
def test_a_redirect_is_read_as_a_browser_reads_it(location: str, shown: str):
    assert address_of("https://contour.example/dir/a").led_to(location).shown == shown


@settings(max_examples=100, deadline=None)
@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)))
def test_ssrf_a_public_machine_is_global_by_every_rule(address: IPv4Address | IPv6Address):
    if is_public(address):
        kinds = (address.is_multicast, address.is_private, address.is_loopback, address.is_link_local)
        assert (address.is_global, any(kinds)) == (True, False)


@settings(max_examples=100, deadline=None)
@given(st.ip_addresses(v=4))
def test_ssrf_no_ipv6_form_of_an_ipv4_address_is_public(address: IPv4Address):
    number = int(address)
    for disguise in (0xFFFF << 32 | number, number, 0x64FF9B << 96 | number, 0x2002 << 112 | number << 80):
        assert not is_public(ip_address(disguise % 2**128) if disguise > 2**32 else IPv6Address(disguise))


def outcome(address: str) -> tuple[str, str]:
    try:
        return address_of(address).shown, ""
    except Refused as refused:
        return "", str(refused)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40))
def test_any_text_at_all_is_taken_apart_or_refused_in_a_sentence(text: str):
    for whole in (text, f"http://{text}", f"https://contour.example/{text}"):
        shown, said = outcome(whole)
        assert said.endswith(".") if not shown else outcome(shown) == (shown, "")
        assert shown.isascii()
