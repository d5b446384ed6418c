"""Awkward documents of Word, PowerPoint and PDF: each is read right, or refused in a clear sentence (cost_dos)."""

from typing import Any

from tests.documents.case import Case, check, each
from tests.documents.made import locked_pdf, office, ole, pdf, said, slides, word, word_xml

_LAUGHS = (
    '<!DOCTYPE lolz [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {name} "{f"&{of};" * 10}">' for of, name in zip("abcdefghi", "bcdefghij", strict=True))
    + "]>"
)


def _plan(document: Any) -> None:
    document.core_properties.title = "The plan"
    document.add_heading("Winter", 1)
    document.add_paragraph("We open the huts.")
    document.add_paragraph("Sella", style="List Bullet")
    document.add_paragraph("Boe", style="List Bullet")
    table = document.add_table(2, 2)
    for number, words in enumerate(("Hut", "Beds", "Sella", "40")):
        table.cell(number // 2, number % 2).text = words
    paragraph = document.add_paragraph("The end")
    document.add_comment(paragraph.runs[0], "Is it?", author="Nadia")
    document.sections[0].header.paragraphs[0].text = "For the board"


def _talk(deck: Any) -> None:
    first = deck.slides.add_slide(deck.slide_layouts[1])
    first.shapes.title.text, first.placeholders[1].text = "Results", "Up 12 %"
    first.notes_slide.notes_text_frame.text = "Say it slowly"
    second = deck.slides.add_slide(deck.slide_layouts[5])
    second.shapes.title.text = "Beds"
    table = second.shapes.add_table(2, 2, 0, 0, 100, 100).table
    for number, words in enumerate(("Hut", "Beds", "Sella", "40")):
        table.cell(number // 2, number % 2).text = words
    second._element.set("show", "0")


@each(
    Case(
        title="Word in its order, with comments and header",
        name="plan.docx",
        make=lambda: word(_plan),
        kind="word",
        called="The plan",
        says=(
            "# Winter\n\nWe open the huts.\n\n- Sella\n- Boe\n\nHut,Beds\nSella,40\n\nThe end",
            "[Header]\nFor the board",
            "[Comments]\nNadia: Is it?",
        ),
    ),
    Case(
        title="Word's hidden, tiny and deleted words",
        name="a.docx",
        make=lambda: word_xml(
            said("seen")
            + said("vanished", "<w:vanish/>")
            + said("tiny", '<w:sz w:val="2"/>')
            + said("shown", '<w:vanish w:val="0"/>')
            + "<w:p><w:del><w:r><w:delText>deleted</w:delText></w:r></w:del>"
            + "<w:ins><w:r><w:t>inserted</w:t></w:r></w:ins></w:p>"
        ),
        says=("seen\n\nshown\n\ninserted",),
        never=("vanished", "tiny", "deleted"),
    ),
    Case(title="Word without words", name="a.docx", make=lambda: word_xml(""), notes=("There is no text in it",)),
    Case(
        title="Word under the name of a PDF",
        name="a.pdf",
        make=lambda: word_xml(said("Hello")),
        kind="word",
        says=("Hello",),
        notes=("It is named .pdf, but it is a Word document",),
    ),
    Case(
        title="a billion laughs in Word",
        name="a.docx",
        make=lambda: word_xml(said("&j;"), before=_LAUGHS),
        refused="Its insides are not as an Office program writes them",
    ),
    Case(
        title="a file of this machine asked for by Word",
        name="a.docx",
        make=lambda: word_xml(said("&f;"), before='<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>'),
        refused="Its insides are not as an Office program writes them",
    ),
    Case(title="Word with broken XML", name="a.docx", make=lambda: word_xml("<w:p>"), refused="damaged"),
    Case(
        title="Word that nests fifty thousand times",
        name="a.docx",
        make=lambda: word_xml("<w:sdt>" * 50_000 + "</w:sdt>" * 50_000),
        refused="I could not read this file",
    ),
    Case(
        title="Word whose parts refer out of it",
        name="a.docx",
        make=lambda: office("../../../../etc/passwd", {"word/document.xml": "<x/>"}),
        refused="It is an archive",
    ),
    Case(
        title="slides with tables and notes, one of them hidden",
        name="talk.pptx",
        make=lambda: slides(_talk),
        kind="slides",
        called="Results",
        facts="2 slides",
        places=("slide 1", "slide 2, hidden"),
        says=("# Results\n\nUp 12 %\n\nNotes: Say it slowly", "# Beds\n\nHut,Beds\nSella,40"),
    ),
    Case(
        title="slides without slides",
        name="a.pptx",
        make=lambda: slides(lambda deck: None),
        notes=("no text on its slides",),
    ),
    Case(
        title="a PDF of three pages, one of them blank",
        name="a.pdf",
        make=lambda: pdf("The first page", "", "The third page"),
        kind="pdf",
        facts="3 pages",
        places=("page 1", "page 3"),
        says=("[page 3]\nThe third page",),
        notes=("1 page of it has no text",),
    ),
    Case(
        title="a PDF of 320 pages",
        name="a.pdf",
        make=lambda: pdf(*(f"Page {n} of many" for n in range(1, 321))),
        facts="320 pages",
        notes=("I read the first 300 of 320 pages",),
        says=("Page 300 of many",),
        never=("Page 301 of many",),
    ),
    Case(
        title="a PDF that is a scan",
        name="a.pdf",
        make=lambda: pdf("", ""),
        facts="2 pages",
        notes=("it looks like a scan",),
        places=(),
    ),
    Case(title="a PDF with a password", name="a.pdf", make=locked_pdf, refused="protected with a password"),
    Case(title="a PDF that ends early", name="a.pdf", make=lambda: pdf("Hello")[:60], refused="The PDF is damaged"),
    Case(title="a PDF without pages", name="a.pdf", make=lambda: pdf(), refused="The PDF is damaged"),
    Case(
        title="a PDF under the name of a text",
        name="a.txt",
        make=lambda: b"\n\n" + pdf("Hello from a page"),
        kind="pdf",
        says=("Hello from a page",),
    ),
    Case(
        title="Word of before 2007",
        name="a.doc",
        make=lambda: ole("WordDocument"),
        refused="Save it as Word (.docx) or PDF",
    ),
    Case(
        title="Excel of before 2007",
        name="a.xls",
        make=lambda: ole("Workbook"),
        refused="Save it as Excel (.xlsx) or CSV",
    ),
    Case(
        title="PowerPoint of before 2007",
        name="a.ppt",
        make=lambda: ole("PowerPoint Document"),
        refused="(.pptx) or PDF",
    ),
    Case(
        title="Word with a password",
        name="a.docx",
        make=lambda: ole("EncryptedPackage"),
        refused="protected with a password",
    ),
    Case(
        title="a mail saved by Outlook",
        name="a.msg",
        make=lambda: ole("__substg1.0_0037001F"),
        refused="Save it as .eml",
    ),
)
async def test_a_document_is_read_or_refused_in_a_sentence(case: Case):
    await check(case)
