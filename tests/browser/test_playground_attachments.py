"""Files, clips, pictures and tables on the playground's page, in a real browser."""

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, FilePayload, Locator, Page, expect

from playground.clips import Voice, words_in
from playground.model.media import draw
from playground.slack import SlackServer
from tests.browser.conftest import PHONE, PretendBot

pytestmark = pytest.mark.asyncio(loop_scope="module")

CSV = FilePayload(name="figures.csv", mimeType="text/csv", buffer=b"region,users\nAlps,12\n")
DROP = """([pane, name]) => {
  const target = document.querySelector(pane), carried = new DataTransfer();
  carried.items.add(new File(["a,b"], name, { type: "text/csv" }));
  const send = (kind) => target.dispatchEvent(
    new DragEvent(kind, { dataTransfer: carried, bubbles: true, cancelable: true }));
  send("dragover");
  const shown = target.classList.contains("dropping");
  send("drop");
  return shown;
}"""
PASTE = """() => {
  const carried = new DataTransfer();
  const picture = new Uint8Array([137, 80, 78, 71, 13, 10, 26, 10]);
  carried.items.add(new File([picture], "image.png", { type: "image/png" }));
  document.activeElement.dispatchEvent(
    new ClipboardEvent("paste", { clipboardData: carried, bubbles: true, cancelable: true }));
}"""


def chips(page: Page) -> Locator:
    return page.locator(".talk .chip")


def box(page: Page, role: Any, name: str) -> Locator:
    """An element of the conversation's own composer."""
    return page.locator(".talk .composer").get_by_role(role, name=name)


async def is_up(page: Page, *names: str) -> None:
    """Wait until these files are attached, and up."""
    await expect(chips(page).locator(".name")).to_have_text([*names])
    await expect(page.locator(".talk .chip[aria-busy]")).to_have_count(0)


async def sent(page: Page, bot: PretendBot) -> Any:
    """Send what is written; the event that Pinyon gets."""
    await page.locator(".talk textarea").press("Enter")
    return (await bot.heard("message"))["event"]


async def test_a_chip_names_its_file_and_can_be_taken_off(page: Page, bot: PretendBot):
    more = FilePayload(name="plan.md", mimeType="text/markdown", buffer=b"# Plan")
    await page.locator(".talk input[type=file]").set_input_files([CSV, more])
    await is_up(page, "figures.csv", "plan.md")
    await expect(chips(page).first).to_contain_text("21 bytes")
    await page.get_by_role("button", name="Remove figures.csv").click()
    await is_up(page, "plan.md")
    await expect(page.get_by_role("button", name="Remove plan.md")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(chips(page)).to_have_count(0)
    await expect(page.locator(".talk textarea")).to_be_focused()


async def test_a_file_that_lies_ready_is_attached_with_the_keyboard(page: Page, bot: PretendBot):
    await box(page, "button", "Attach a file").focus()
    await page.keyboard.press("Enter")
    await page.keyboard.press("ArrowDown")
    await expect(page.get_by_role("menuitem", name="usage_by_region.csv")).to_be_focused()
    await page.keyboard.press("Enter")
    await is_up(page, "usage_by_region.csv")
    await expect(page.locator("#heard")).to_contain_text("usage_by_region.csv is attached.")
    await page.locator(".talk textarea").fill("Which region fails most?")
    event = await sent(page, bot)
    assert (event["subtype"], event["text"]) == ("file_share", "Which region fails most?")
    assert [file["name"] for file in event["files"]] == ["usage_by_region.csv"]
    await expect(chips(page)).to_have_count(0)


async def test_a_file_is_dropped_anywhere_on_the_conversation(page: Page, bot: PretendBot):
    assert await page.evaluate(DROP, [".talk .log", "dropped.csv"]) is False
    assert await page.evaluate(DROP, [".talk", "again.csv"]) is True
    await is_up(page, "dropped.csv", "again.csv")
    await expect(page.locator(".talk")).not_to_have_class("dropping")


async def test_a_picture_is_pasted_and_shown(page: Page, slack: SlackServer, bot: PretendBot):
    await page.locator(".talk textarea").focus()
    await page.evaluate(PASTE)
    await is_up(page, "image.png")
    event = await sent(page, bot)
    assert event["files"][0]["mimetype"] == "image/png"


async def test_a_file_that_is_too_large_is_refused_in_a_sentence(page: Page, bot: PretendBot, tmp_path: Path):
    large = tmp_path / "large.csv"
    with large.open("wb") as file:
        file.truncate(26 * 1024 * 1024)
    await page.locator(".talk input[type=file]").set_input_files(large)
    await expect(page.locator(".toast")).to_contain_text("takes up to 25 MB a file")
    await expect(chips(page)).to_have_count(0)


async def test_a_clip_is_what_one_writes_that_it_says(page: Page, slack: SlackServer, bot: PretendBot):
    await box(page, "button", "Record a clip").click()
    dialog = page.get_by_role("dialog", name="Audio clip")
    field = dialog.get_by_role("textbox", name="What the clip says")
    await expect(field).to_be_focused()
    await expect(field).to_have_accessible_description(
        "Nobody here can listen. What you write is what Slack's transcript will say."
    )
    await field.fill("Sort my thoughts into a list.")
    await dialog.get_by_role("button", name="Attach").click()
    await is_up(page, "Audio clip")
    event = await sent(page, bot)
    [file] = event["files"]
    assert (file["subtype"], file["transcription"]["status"]) == ("slack_audio", "processing")
    assert words_in(slack.workspace.files[file["id"]].content or b"") == "Sort my thoughts into a list."
    heard = page.locator(".talk .heard").last
    await expect(heard).to_contain_text("Transcript: Sort my thoughts into a list.")
    await expect(heard.locator("audio")).to_have_attribute("controls", "")


async def test_a_clip_is_recorded_where_there_is_a_microphone(page: Page, slack: SlackServer, bot: PretendBot):
    # A tone of the browser's own stands in for the microphone that this machine lacks.
    await page.evaluate(
        """() => { navigator.mediaDevices.getUserMedia = async () => {
          const context = new AudioContext(), end = context.createMediaStreamDestination();
          const tone = context.createOscillator(); tone.connect(end); tone.start(); return end.stream; } }"""
    )
    await box(page, "button", "Record a clip").click()
    dialog = page.get_by_role("dialog", name="Audio clip")
    await dialog.get_by_role("button", name="Record").click()
    await expect(dialog.get_by_role("status")).to_have_text("Recording.")
    await dialog.get_by_role("button", name="Stop").click()
    await expect(dialog.get_by_role("status")).to_contain_text("Recorded, ")
    await dialog.get_by_role("textbox", name="What the clip says").fill("La la")
    await dialog.get_by_role("button", name="Attach").click()
    await is_up(page, "Audio clip")
    [file] = (await sent(page, bot))["files"]
    assert (slack.workspace.files[file["id"]].content or b"").startswith(b"\x1aE\xdf\xa3")


async def test_a_clip_that_is_left_attaches_nothing(page: Page, bot: PretendBot):
    await box(page, "button", "Record a clip").click()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog", name="Audio clip")).to_have_count(0)
    await expect(chips(page)).to_have_count(0)
    await expect(box(page, "button", "Record a clip")).to_be_focused()


async def test_files_of_an_answer_are_drawn_and_saved(page: Page, slack: SlackServer, bot: PretendBot):
    root = await slack.say("jamal", "dm", "Make a chart")
    picture = draw("Packs by region", (256, 256))
    await bot.upload(
        filename="chart.png", content=picture, channel=slack.dm("jamal"), thread_ts=root, alt_txt="Alps-East leads"
    )
    await bot.upload(filename="packs.csv", content="a,b\n", channel=slack.dm("jamal"), thread_ts=root)
    await page.goto(f"{slack.url}/?as=jamal#{slack.dm('jamal')}/{root}")
    shown = page.locator(".thread").get_by_role("img", name="Alps-East leads")
    await expect(shown).to_have_js_property("naturalWidth", 256)
    async with page.expect_download() as saving:
        await page.locator(".thread").get_by_role("link", name="Download packs.csv").click()
    saved = await saving.value
    assert (saved.suggested_filename, (await saved.path()).read_bytes()) == ("packs.csv", b"a,b\n")


async def test_a_file_that_is_not_there_any_more_says_why(page: Page, slack: SlackServer, bot: PretendBot):
    for how, says in (("hidden_by_limit", "shows only newer ones"), ("tombstone", "was deleted")):
        slack.faults.withhold_files(how)
        await slack.say("jamal", "dm", "", files=[("old.csv", b"1\n")])
        await expect(page.locator(".talk .file.gone").last).to_contain_text(says)


async def test_a_picture_of_ours_in_a_block_is_shown_and_one_from_elsewhere_is_an_address(
    page: Page, slack: SlackServer, bot: PretendBot
):
    kept = slack.upload("jamal", "chart.png", draw("Ours", (256, 256)))
    blocks = [
        {"type": "image", "slack_file": {"id": kept["id"]}, "alt_text": "A chart of ours"},
        {"type": "image", "image_url": "https://evil.example/pixel.png", "alt_text": "Theirs"},
    ]
    await bot.call("chat.postMessage", channel=slack.dm("jamal"), text="charts", blocks=blocks)
    last = page.locator(".talk .msg").last
    await expect(last.get_by_role("img", name="A chart of ours")).to_have_js_property("naturalWidth", 256)
    await expect(last.get_by_role("link", name="Theirs")).to_be_visible()
    await expect(last.locator("img")).to_have_count(1)


def table(rows: int) -> dict[str, Any]:
    head = ["Region", "Packs", "What happened there in the week that is meant"]
    body = [[f"Alps {n}", str(n * 100), "The zip was unpacked beside its contents"] for n in range(1, rows)]
    cells = [[{"type": "raw_text", "text": text} for text in row] for row in (head, *body)]
    return {"type": "table", "rows": cells, "column_settings": [{}, {"align": "right"}, {"is_wrapped": True}]}


async def test_a_table_of_a_hundred_rows_scrolls_in_its_own_box(
    browser: Browser, page: Page, slack: SlackServer, bot: PretendBot
):
    await bot.call("chat.postMessage", channel=slack.dm("jamal"), text="table", blocks=[table(100)])
    phone = await browser.new_context(viewport={"width": PHONE[0], "height": PHONE[1]}, has_touch=True)
    small = await phone.new_page()
    await small.goto(slack.url)
    for opened in (page, small):
        drawn = opened.locator(".talk .scroll").last
        await expect(drawn.locator("tr")).to_have_count(100)
        await expect(drawn.locator("td").nth(1)).to_have_css("text-align", "right")
        tall, wide = await drawn.evaluate("box => [box.clientHeight, box.scrollHeight > box.clientHeight]")
        assert tall < 500
        assert wide
        assert await opened.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await expect(small.locator(".talk .scroll thead th").first).to_have_css("position", "sticky")
    await phone.close()


async def test_fingers_find_every_button_of_the_composer(browser: Browser, slack: SlackServer, bot: PretendBot):
    phone = await browser.new_context(viewport={"width": PHONE[0], "height": PHONE[1]}, has_touch=True, is_mobile=True)
    small = await phone.new_page()
    await small.goto(slack.url)
    await small.locator(".talk input[type=file]").set_input_files(CSV)
    await is_up(small, "figures.csv")
    for name in ("Attach a file", "Record a clip", "Send", "Remove figures.csv"):
        size = await small.locator(".talk .composer").get_by_role("button", name=name).bounding_box()
        assert size
        assert min(size["width"], size["height"]) >= 44, name
    assert await small.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await phone.close()


async def test_what_a_clip_says_is_only_ever_text(page: Page, slack: SlackServer, bot: PretendBot):
    await slack.say("jamal", "dm", "", voice=Voice(says="<img src=x onerror=alert(1)>", after=0))
    await expect(page.locator(".talk .heard").last).to_contain_text("<img src=x onerror=alert(1)>")
    await expect(page.locator(".talk .heard img")).to_have_count(0)
