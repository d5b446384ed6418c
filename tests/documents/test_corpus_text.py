"""Awkward files of characters: each is read right, or refused in a clear sentence (cost_dos)."""

import json

from tests.documents.case import Case, check, each
from tests.documents.made import mail

_NESTED = 100_000


@each(
    Case(title="empty", name="a.txt", make=lambda: b"", refused="The file is empty"),
    Case(title="nothing but blanks", name="a.txt", make=lambda: b" \n\r\n\t", refused="nothing but blanks"),
    Case(title="too large", name="a.txt", make=lambda: b"a" * 25_000_001, refused="I read files up to 25 MB"),
    Case(
        title="plain text",
        name="a.txt",
        make=lambda: b"Hello\nthere",
        kind="text",
        says=("Hello\nthere",),
        places=("",),
    ),
    Case(
        title="Markdown",
        name="plan.md",
        make=lambda: b"# Winter plan\n\n- open the huts\n",
        kind="text",
        called="Winter plan",
        says=("- open the huts",),
    ),
    Case(title="UTF-16", name="a.txt", make=lambda: "Zürich".encode("utf-16"), says=("Zürich",)),
    Case(
        title="UTF-16 without its mark",
        name="a.txt",
        make=lambda: "The huts open in June".encode("utf-16-le"),
        says=("The huts open in June",),
        never=("\x00",),
    ),
    Case(
        title="an old Windows encoding",
        name="a.txt",
        make=lambda: ("Die Hütte öffnet im März, schöne Grüße aus Köln. " * 5).encode("cp1252"),
        says=("Hütte öffnet im März",),
    ),
    Case(
        title="the encoding that its media type names",
        name="a.txt",
        media="text/plain; charset=koi8-r",
        make=lambda: "Горы и хижины".encode("koi8-r"),
        says=("Горы и хижины",),
    ),
    Case(
        title="right to left, with marks of direction that turn words around",
        name="a.txt",
        make=lambda: "שלום \u202egnp.exe\u202c עולם".encode(),
        says=("שלום", "עולם"),
        never=("\u202e", "\u202c"),
        notes=("2 characters that nobody sees",),
    ),
    Case(
        title="Persian keeps the joiners that it needs",
        name="a.txt",
        make=lambda: "می‌خواهم".encode(),
        says=("می\u200cخواهم",),
    ),
    Case(
        title="words hidden between zero-width signs",
        name="a.txt",
        make=lambda: "pay\u200bment \U000e0041\U000e0042due".encode(),
        says=("payment due",),
        notes=("3 characters that nobody sees",),
    ),
    Case(
        title="NUL bytes in a text",
        name="a.log",
        make=lambda: b"started at nine o'clock\x00 and ended at ten o'clock\n" * 3,
        says=("started at nine o'clock and ended",),
        never=("\x00",),
        notes=("3 characters",),
    ),
    Case(
        title="a long text has places",
        name="a.log",
        make=lambda: "\n".join(f"row {n}" for n in range(1, 451)).encode(),
        places=("lines 1–200", "lines 201–400", "lines 401–450"),
        facts="450 lines",
    ),
    Case(
        title="one endless line",
        name="a.txt",
        make=lambda: b"ab" * 1_000_000,
        says=("abab",),
        notes=("I read the first 1,000,000 characters",),
    ),
    Case(
        title="what sends a careless pattern into a spin",
        name="a.txt",
        make=lambda: b"a" * 50_000 + b"!" + b"<" * 50_000 + b"From:" * 10_000,
        kind="text",
    ),
    Case(title="random bytes", name="a.txt", make=lambda: bytes(range(256)) * 40, refused="what kind of file"),
    Case(
        title="JSON in one line is arranged",
        name="a.json",
        make=lambda: json.dumps({"huts": [{"name": "Sella", "beds": n} for n in range(200)]}).encode(),
        kind="data",
        facts="JSON, 1 field",
        says=('"name": "Sella",\n',),
    ),
    Case(
        title="a list in JSON",
        name="export",
        make=lambda: b'[{"a": 1, "b": 2}, {"a": 3, "c": 4}]',
        kind="data",
        facts="JSON, 2 entries with 3 fields",
    ),
    Case(
        title="JSON in lines",
        name="a.jsonl",
        make=lambda: b'{"a": 1}\n{"a": 2}\n\n{"a": 3}\n',
        kind="data",
        facts="3 lines of JSON",
    ),
    Case(
        title="JSON that nests a hundred thousand times",
        name="a.json",
        make=lambda: b"[" * _NESTED + b"]" * _NESTED,
        kind="text",
        notes=("nests more deeply",),
    ),
    Case(
        title="JSON of eight million entries",
        name="a.json",
        make=lambda: b"[" + b"{}," * 8_000_000 + b"{}]",
        notes=("too large to be checked as JSON", "the first 1,000,000 characters"),
    ),
    Case(
        title="JSON that is none",
        name="a.json",
        make=lambda: b'{"a": 1,}',
        kind="text",
        says=('{"a": 1,}',),
        notes=("not valid JSON",),
    ),
    Case(
        title="JSON with a number of five thousand digits",
        name="a.json",
        make=lambda: b'{"a": ' + b"9" * 5_000 + b"}",
        notes=("not valid JSON",),
    ),
    Case(
        title="a mail with attachments",
        name="a.eml",
        make=lambda: mail("Grüße aus den Bergen", "The huts open.", attached={"../../plan ü.pdf": b"x" * 12_000}),
        kind="mail",
        called="Grüße aus den Bergen",
        says=("From: Søren <soren@example.org>", "The huts open.", "Attachments: plan ü.pdf (12 kB)"),
        facts="mail, 1 attachment",
        never=("..",),
    ),
    Case(
        title="a mail of a page only, with hidden words",
        name="saved mail",
        media="message/rfc822",
        make=lambda: mail("Hi", "", page="<p>Seen</p><p style='display:none'>Unseen</p>"),
        kind="mail",
        says=("Seen",),
        never=("Unseen",),
    ),
    Case(
        title="a mail whose headers are twisted",
        name="a.eml",
        make=lambda: (
            b"From: =?utf-8?b?!!!?= <a@b>\nSubject: =?x-unknown?q?abc?=\nContent-Type: multipart/mixed\n\nbody"
        ),
        kind="mail",
        says=("From:",),
    ),
    Case(
        title="a mail in a mail in a mail, two thousand times",
        name="a.eml",
        refused="The mail is damaged",
        make=lambda: b"From: a@b\nSubject: deep\n" + b"Content-Type: message/rfc822\n\nFrom: a@b\n" * 2_000 + b"\nx",
    ),
    *(
        Case(
            title=f"a text that begins with {word}",
            name="a.txt",
            make=lambda word=word: f"{word} huts\n".encode(),
            says=(word,),
        )
        for word in ("MZ", "BZh", "PAR1", "caffeine", "ID3", "OggS", "FORM", "BM", "MSCF", "8BPS", "RIFF", "PK")
    ),
    Case(title="RTF", name="a.rtf", make=lambda: b"{\\rtf1 hello}", refused="Save it as Word (.docx) or PDF"),
    Case(title="PostScript", name="a.ps", make=lambda: b"%!PS-Adobe-3.0\n", refused="Save it as PDF"),
    Case(
        title="a drawing that can hold programs",
        name="a.svg",
        make=lambda: b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>',
        refused="Save it as PNG",
    ),
    Case(
        title="a drawing under the name of a picture",
        name="a.png",
        make=lambda: b"<!-- hi --><svg onload='x()'></svg>",
        refused="drawing in SVG",
    ),
)
async def test_a_file_of_characters_is_read_or_refused_in_a_sentence(case: Case):
    await check(case)
