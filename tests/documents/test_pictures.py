"""What a model is shown of pictures: upright, small enough, and nothing but pixels (cost_dos)."""

from base64 import b64decode
from io import BytesIO
from typing import Any

from PIL import Image

from documents.document import Document
from documents.reading import read
from tests.documents.made import pdf, picture


def shown(document: Document) -> Image.Image:
    image = Image.open(BytesIO(b64decode(document.picture)))
    image.load()
    return image


async def test_a_picture_that_was_held_sideways_stands_upright():
    image = shown(await read(picture(4_000, 2_000, form="JPEG", turned=6), name="a.jpg"))
    assert image.size == (784, 1_568)
    # What was its left half stands above.
    pixel: Any = image.convert("RGB").getpixel((392, 100))
    assert pixel[0] > 200 > pixel[2]


async def test_nothing_that_its_camera_wrote_is_left():
    document = await read(picture(400, 200, form="JPEG", turned=1), name="a.jpg")
    assert b"Maker of cameras" not in b64decode(document.picture)
    assert not shown(document).getexif()


async def test_a_small_picture_stays_as_it_is():
    document = await read(picture(40, 20), name="a.png")
    assert shown(document).size == (40, 20)
    assert document.picture_media == "image/png"


async def test_of_a_moving_picture_the_first_frame_is_seen():
    frames = [Image.new("RGB", (30, 20), colour) for colour in ("red", "blue", "green")]
    out = BytesIO()
    frames[0].save(out, format="GIF", save_all=True, append_images=frames[1:])
    document = await read(out.getvalue(), name="a.gif")
    assert shown(document).convert("RGB").getpixel((5, 5)) == (255, 0, 0)
    assert document.note == "It has 3 frames or pages: I see the first."


async def test_a_picture_as_large_as_a_telephone_takes_is_shown_in_the_size_of_a_letter():
    document = await read(picture(9_000, 6_000, form="JPEG"), name="a.jpg")
    assert document.facts == "9,000 × 6,000 pixels"
    assert len(document.picture) < 5_000_000
    assert max(shown(document).size) == 1_568


async def test_what_shines_through_stays_so():
    out = BytesIO()
    Image.new("RGBA", (20, 20), (255, 0, 0, 0)).save(out, format="PNG")
    assert shown(await read(out.getvalue(), name="a.png")).mode == "RGBA"


async def test_of_a_scan_the_first_page_is_seen():
    document = await read(pdf("", ""), name="a.pdf")
    assert max(shown(document).size) == 1_568
    assert document.picture_media == "image/jpeg"
