"""Awkward web pages: what a person sees is read, and nothing of what they do not (inj_sources, cost_dos)."""

from tests.documents.case import Case, check, each

_SEEN = "<p>The huts of the valley open on the first of June, says the keeper of the largest of them.</p>"


def _page(inside: str, *, head: str = "") -> bytes:
    return f"<!doctype html><html><head><title>Huts</title>{head}</head><body>{inside}{_SEEN}</body></html>".encode()


@each(
    Case(
        title="a page with menus, a table and links",
        name="a.html",
        make=lambda: _page(
            "<nav><a href='/x'>Menu entry</a></nav><article><h1>Opening</h1>"
            + _SEEN
            + "<table><tr><th>Hut</th><th>Beds</th></tr><tr><td>Sella</td><td>40</td></tr></table>"
            "<p>More stands on <a href='https://evil.example/x'>the site</a> of the club.</p></article>",
            head="<meta name='author' content='Nadia Keller'>",
        ),
        kind="page",
        facts="by Nadia Keller",
        says=("open on the first of June", "| Hut | Beds |", "| Sella | 40 |", "the site"),
        never=("evil.example", "Menu entry"),
    ),
    Case(
        title="words hidden in fourteen ways",
        name="a.html",
        make=lambda: _page(
            "".join(
                f"<p {how}>unseen words number {number}</p>"
                for number, how in enumerate(
                    (
                        "hidden",
                        "aria-hidden='true'",
                        "style='display : none'",
                        "style='visibility:hidden'",
                        "style='font-size:0px'",
                        "style='opacity:0'",
                        "style='position:absolute; left:-9999px'",
                        "style='text-indent:-9999px'",
                        "style='color:#fff'",
                        "style='color:red;background-color:red'",
                        "style='/* x */dis/**/play:none'",
                        "class='gone'",
                        "id='away'",
                        "style='clip: rect(0, 0, 0, 0)'",
                    )
                )
            ),
            head="<style>.gone, #away { display: none }</style>",
        ),
        says=("open on the first of June",),
        never=("unseen",),
    ),
    Case(
        title="words that only look hidden",
        name="a.html",
        make=lambda: _page(
            "".join(
                f"<p {how}>Seen words, number {number}, of the opening of the huts.</p>"
                for number, how in enumerate(
                    (
                        "style='opacity:inherit'",
                        "style='opacity: 0.5'",
                        "style='line-height:0.9; min-width:0'",
                        "style='font-size:0.9em'",
                        "style='left:-1px; margin-left:-15px'",
                        "aria-hidden='false'",
                        "class='gone-fishing'",
                        "style='background-color:navy;color:#fff'",
                        "style='color:white' class='dark'",
                    )
                )
            ),
            head="<style>.gone { display: none } @media print { .gone-fishing { display: none } }</style>",
        ),
        says=tuple(f"number {number}," for number in range(9)),
    ),
    Case(
        title="words in remarks, templates and programs",
        name="a.html",
        make=lambda: _page(
            "<!-- unseen --><template>unseen</template><noscript>unseen</noscript><script>unseen</script>"
            "<svg><text>unseen</text></svg><dialog>unseen</dialog><textarea>unseen</textarea>"
        ),
        says=("open on the first of June",),
        never=("unseen",),
    ),
    Case(
        title="a remark that never ends hides the rest",
        name="a.html",
        make=lambda: _page("<p>Before.</p>") + b"<!-- <p>unseen</p>",
        never=("unseen",),
    ),
    Case(
        title="an end of an element that was never open opens nothing",
        name="a.html",
        make=lambda: _page("<div hidden><p>unseen</p></span></b>unseen</div>"),
        never=("unseen",),
    ),
    Case(
        title="markup that is written out stays text",
        name="a.html",
        make=lambda: _page("<p>Write &lt;script&gt; and &#60;b&#62; in your page, and it shows them.</p>"),
        says=("script",),
    ),
    Case(
        title="an encoding that its own markup names",
        name="a.html",
        make=lambda: (
            b"<html><head><meta charset='iso-8859-2'></head><body><p>"
            + "Zażółć gęślą jaźń, mówi gospodarz schroniska.".encode("iso-8859-2")
            + b"</p></body></html>"
        ),
        says=("Zażółć gęślą jaźń",),
    ),
    Case(
        title="an encoding that the server names",
        name="",
        media="text/html; charset=windows-1251",
        make=lambda: "<html><body><p>Хижина открывается в июне, говорит хозяин.</p></body></html>".encode("cp1251"),
        says=("Хижина открывается",),
    ),
    Case(
        title="a page under the name of a PDF",
        name="report.pdf",
        make=lambda: _page(""),
        kind="page",
        notes=("It is named .pdf, but it is a web page",),
    ),
    Case(
        title="a page that only a program draws",
        name="a.html",
        make=lambda: b"<html><body><div id='root'></div><script>draw()</script></body></html>",
        notes=("There is no text on the page",),
    ),
    Case(
        title="elements nested a hundred thousand times",
        name="a.html",
        make=lambda: b"<html><body>" + b"<div>" * 100_000 + b"deep",
    ),
    Case(
        title="attributes that send a careless pattern into a spin",
        name="a.html",
        make=lambda: b"<html><body><p " + b"a='" * 100_000 + b"><p>" + b"<" * 100_000,
    ),
    Case(
        title="a title that turns words around",
        name="a.html",
        make=lambda: (
            "<html><head><title>Huts \u202eexe.txt</title></head><body><p>Hello there</p></body></html>".encode()
        ),
        never=("\u202e",),
        says=("Hello there",),
    ),
)
async def test_a_page_is_read_as_a_person_sees_it(case: Case):
    await check(case)
