"""What SECURITY.md promises has tests, and nothing that is built goes without a promise there."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from skills.catalog import skill_catalog

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "SECURITY.md").read_text()
LINES = 140
"""One page, as people print it."""
NOT_BUILT = "Not built, so not promised:"
FAMILIES = "link tok deputy chan ext share appr inj exfil mem slack dup bot admin audit web tool sched sql cost"
AN_ID = re.compile(rf"`((?:{FAMILIES.replace(' ', '|')})_[a-z_]+|ssrf|sched|sandbox)`")

BUILT = """
    link_cosf link_login_csrf link_state link_pkce_mixup link_open_redirect link_scopes link_forwarded
    tok_aad tok_canary tok_rotate tok_refresh_race tok_offboard deputy_owner deputy_prompt
    chan_leak chan_external ext_user
    appr_actor appr_hash appr_once appr_spoof appr_unicode appr_fatigue appr_toctou
    inj_sources exfil_unfurl exfil_fetch exfil_sink tool_rugpull mem_poison mem_autofill
    slack_sig dup_write bot_loop admin_authz audit_chain web_xss
    ssrf sql_wall sql_limits sandbox cost_dos
"""
"""The threats of our list that this version has to stand up to."""


def promised() -> set[str]:
    """The ids on the page, without those that it says are not built."""
    claims = (line.partition(NOT_BUILT)[0] for line in PAGE.splitlines())
    return {identity for claim in claims for identity in AN_ID.findall(claim)}


def told(file: Path) -> Iterator[str]:
    """Names and docstrings of the tests in a file, and what a table of cases calls its promise."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            yield node.name
            yield ast.get_docstring(node) or ""
        elif isinstance(node, ast.keyword) and node.arg == "promise" and isinstance(node.value, ast.Constant):
            yield str(node.value.value)


@pytest.fixture(scope="module")
def tested() -> str:
    files = (ROOT / "tests").rglob("*.py")
    return "\n".join(line for file in files for line in told(file))


@pytest.mark.parametrize("identity", sorted(promised()))
def test_every_promise_has_a_test_that_carries_its_id(tested: str, identity: str) -> None:
    assert re.search(rf"(?:\b|_){identity}(?:\b|_)", tested), f"no test is named {identity}, nor says so"


@pytest.mark.parametrize("identity", BUILT.split())
def test_what_is_built_is_promised(identity: str) -> None:
    assert identity in promised()


def test_it_is_one_page() -> None:
    assert len(PAGE.splitlines()) <= LINES


def test_exfil_fetch_only_the_web_is_told_anything_by_reading() -> None:
    """exfil_fetch: another tool that sends by reading has to be promised anew, with the gate's rule for it."""
    tools = [tool for skill in skill_catalog().values() for tool in skill.tools]
    assert [tool.name for tool in tools if tool.effect == "read" and tool.egress] == ["read_page", "search_web"]
