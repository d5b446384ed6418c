"""From the names that people use to the one account, component or ticket that is meant."""

from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from integrations.atlassian.client import Jira
from integrations.atlassian.models import User
from integrations.integration import Destination
from memory.ids import PersonId
from skills.errors import RetryToolCall
from skills.skill import Asker, ToolContext
from skills.tickets.names import in_full, listed, one_of, person, project_of, ticket_key

REN = User(account_id="712020:ab", display_name="Ren Kobayashi")
RENATA = User(account_id="712020:cd", display_name="Renata Ruiz", email_address="renata@tamarack.example")
TWIN = User(account_id="712020:ef", display_name="Ren Kobayashi")


class Known(Jira):
    """A site with three people, two of whom hide their addresses and have the same name."""

    asked: str | None = None

    async def people(self, words: str, *, project: str | None = None) -> tuple[User, ...]:
        self.asked = project
        known = (REN, RENATA, TWIN)
        return tuple(u for u in known if words.lower() in f"{u.display_name} {u.email_address}".lower())

    async def person(self, account_id: str, *, project: str | None = None) -> User | None:
        self.asked = project
        return {user.account_id: user for user in (REN, RENATA, TWIN)}.get(account_id)


@pytest.fixture
def ctx() -> ToolContext[Jira]:
    asker = Asker(person=PersonId("T:priya"), name="priya")
    client = Known(SecretStr("token"), Destination(api_url="http://127.0.0.1:9"))
    return ToolContext(client=client, account="priya", asker=asker, now=datetime(2026, 11, 20, tzinfo=UTC))


@pytest.mark.parametrize(
    "name", ["Renata", "renata ruiz", "@renata", "renata@tamarack.example", "Me <renata@tamarack.example>"]
)
async def test_one_person_is_found_by_name_or_address(ctx: ToolContext[Jira], name: str):
    assert await person(ctx, name, project="TRAIL") == RENATA
    assert isinstance(ctx.client, Known)
    assert ctx.client.asked == "TRAIL"


async def test_two_of_a_name_without_addresses_are_told_apart_by_their_accounts(ctx: ToolContext[Jira]):
    with pytest.raises(RetryToolCall) as caught:
        await person(ctx, "Ren Kobayashi")
    assert "Ren Kobayashi (account 712020:ab), Ren Kobayashi (account 712020:ef)" in str(caught.value)
    assert await person(ctx, "Ren Kobayashi (account 712020:ef)") == TWIN


@pytest.mark.parametrize("user", [REN, RENATA, TWIN])
async def test_what_a_card_shows_means_the_same_account_again(ctx: ToolContext[Jira], user: User):
    assert await person(ctx, in_full(user)) == user


async def test_a_name_in_front_of_somebody_elses_account_is_not_believed(ctx: ToolContext[Jira]):
    assert in_full(await person(ctx, "Priya (account 712020:ab)")) == "Ren Kobayashi (account 712020:ab)"


@pytest.mark.parametrize("name", ["Nobody Known", "x (account 712020:zz)", "gone@tamarack.example"])
async def test_somebody_unknown_is_asked_about(ctx: ToolContext[Jira], name: str):
    with pytest.raises(RetryToolCall, match="I know nobody"):
        await person(ctx, name)


def test_keys_are_read_from_what_people_write():
    assert ticket_key("trail-141") == ticket_key("https://t.example/tamarack/browse/TRAIL-141#x") == "TRAIL-141"
    assert project_of("A_B2-141") == "A_B2"


def test_a_name_is_spelled_as_jira_has_it():
    assert one_of(" MAP-data ", ["api", "map-data"], parameter="components", what="component") == "map-data"


def test_a_long_list_is_cut():
    assert listed([str(n) for n in range(17)]).endswith("'14' and 2 more")
