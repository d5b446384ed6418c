"""What `pinyon doctor` says of the sandbox."""

import httpx

from bot.doctor.sandbox import check_sandbox
from bot.settings import read_with_problems
from tests.fakes.e2b import KEY, fake_e2b
from tests.fakes.needs_walls import needs_bubblewrap


async def found(**values: str) -> list[tuple[str, str, str]]:
    settings, _ = read_with_problems(values)
    async with httpx.AsyncClient() as http:
        return [(one.kind, one.about, one.said) for one in await check_sandbox(settings, http=http)]


async def test_switched_off_is_a_choice():
    ((kind, about, _),) = await found(PINYON_SANDBOX="off")
    assert (kind, about) == ("note", "PINYON_SANDBOX")


@needs_bubblewrap
async def test_bubblewrap_is_tried():
    assert await found() == [("ok", "Sandbox", "code runs in bubblewrap on this machine")]


async def test_a_key_of_e2b_is_asked_about():
    async with fake_e2b() as fake:
        assert await found(E2B_API_KEY=KEY, E2B_API_URL=fake.url) == [("ok", "Sandbox", "code runs at E2B")]
        ((kind, about, said),) = await found(E2B_API_KEY="e2b_wrong", E2B_API_URL=fake.url)
    assert (kind, about, said) == ("fix", "E2B_API_KEY", "E2B does not accept it")


async def test_e2b_that_does_not_answer_is_said():
    ((kind, about, said),) = await found(E2B_API_KEY=KEY, E2B_API_URL="http://127.0.0.1:9")
    assert (kind, about) == ("fix", "E2B_API_KEY")
    assert "does not answer" in said
