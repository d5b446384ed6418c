"""Which models stand in configs/models.yaml, and what is said when the file is wrong."""

from pathlib import Path

import pytest
from genai_prices.data_snapshot import get_snapshot
from pydantic import SecretStr

from bot.llm import Candidate, Vendors, load_routes
from bot.llm.routes import usable

SHIPPED = Path(__file__).parents[2] / "configs" / "models.yaml"
GOOD = """\
fast:
  - {vendor: anthropic, model: small}
default:
  - {vendor: anthropic, model: middle}
  - {vendor: openai, model: other, thinking: off}
deep:
  - {vendor: openai, model: large, thinking: high, max_tokens: 100}
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "models.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_shipped_route_has_both_vendors():
    for _, candidates in load_routes(SHIPPED).named():
        assert [candidate.vendor for candidate in candidates] == ["anthropic", "openai"]


def test_the_price_of_every_shipped_model_is_known():
    for _, candidates in load_routes(SHIPPED).named():
        for candidate in candidates:
            get_snapshot().find_provider_model(
                candidate.model, provider=None, provider_id=candidate.vendor, provider_api_url=None
            )


def test_a_file_of_ones_own_is_read(tmp_path: Path):
    routes = load_routes(written(tmp_path, GOOD))
    assert routes.deep == (Candidate(vendor="openai", model="large", thinking="high", max_tokens=100),)
    assert routes.default[1].thinking is False


@pytest.mark.parametrize(
    ("wrong", "right", "line", "said"),
    [
        (
            "vendor: mistral",
            "vendor: openai, model: other",
            5,
            "default.1.vendor: Input should be 'anthropic' or 'openai'",
        ),
        ("max_tokens: 0", "max_tokens: 100", 7, "deep.0.max_tokens: Input should be greater than 0"),
        ("maxtokens: 5", "max_tokens: 100", 7, "deep.0.maxtokens: Extra inputs are not permitted"),
        ("slow:", "fast:", 1, "fast: Field required"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, wrong: str, right: str, line: int, said: str):
    path = written(tmp_path, GOOD.replace(right, wrong, 1))
    with pytest.raises(ValueError, match=r"models\.yaml") as caught:
        load_routes(path)
    assert f"{path}, line {line}: {said}" in str(caught.value)


def test_what_is_no_yaml_is_named_with_its_line(tmp_path: Path):
    with pytest.raises(ValueError, match=r"models\.yaml, line 2: this is no YAML"):
        load_routes(written(tmp_path, "fast:\n  - {vendor: ]\n"))


@pytest.mark.parametrize("text", ["", "just words", "- a list"])
def test_a_file_without_routes_is_refused(tmp_path: Path, text: str):
    with pytest.raises(ValueError, match=r"line 1: "):
        load_routes(written(tmp_path, text))


def test_a_missing_file_names_the_setting(tmp_path: Path):
    with pytest.raises(ValueError, match="PINYON_MODELS_FILE: cannot read"):
        load_routes(tmp_path / "nowhere.yaml")


@pytest.mark.parametrize("vendor", ["anthropic", "openai"])
def test_one_vendors_key_is_enough_for_the_shipped_routes(vendor: str):
    key = SecretStr("k")
    vendors = Vendors(anthropic_key=key) if vendor == "anthropic" else Vendors(openai_key=key)
    found = usable(load_routes(SHIPPED), vendors)
    assert {candidate.vendor for candidates in found.values() for candidate in candidates} == {vendor}


def test_without_any_key_the_settings_are_named():
    with pytest.raises(ValueError, match="set ANTHROPIC_API_KEY or OPENAI_API_KEY"):
        usable(load_routes(SHIPPED), Vendors(openai_key=SecretStr("")))


def test_a_route_that_is_left_with_nothing_is_named(tmp_path: Path):
    with pytest.raises(ValueError, match="route 'deep': set OPENAI_API_KEY"):
        usable(load_routes(written(tmp_path, GOOD)), Vendors(anthropic_key=SecretStr("k")))
