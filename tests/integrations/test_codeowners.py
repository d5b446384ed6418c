"""Who owns a file, by the examples of GitHub's own page about code owners."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.github.codeowners import owners_of, parse_codeowners


@pytest.mark.parametrize(
    ("pattern", "path", "covered"),
    [
        ("*", "any/thing.py", True),
        ("*.js", "app/deep/a.js", True),
        ("*.js", "app/a.ts", False),
        ("/build/logs/", "build/logs/a.log", True),
        ("/build/logs/", "deep/build/logs/a.log", False),
        ("docs/*", "docs/start.md", True),
        ("docs/*", "docs/build/trouble.md", False),
        ("apps/", "deep/apps/a.py", True),
        ("apps/", "apps", False),
        ("/docs/", "docs/deep/a.md", True),
        ("/scripts/", "scripts/a.sh", True),
        ("**/logs", "deeply/nested/logs/a.log", True),
        ("**/logs", "logs/a.log", True),
        ("/apps/github", "apps/github/a.py", True),
        ("/apps/github", "apps/github2/a.py", False),
        ("/src/**/test_?.py", "src/a/b/test_1.py", True),
        ("/src/**", "src/a/b.py", True),
        ("/src/**", "lib/a.py", False),
        ("a.c", "deep/abc", False),
        (r"/my\ docs/", "my docs/a.md", True),
        ("/", "a.py", True),
    ],
)
def test_a_pattern_covers_what_github_says(pattern: str, path: str, covered: bool):  # noqa: FBT001 (a parameter set)
    assert bool(owners_of(parse_codeowners(f"{pattern} @owner"), path)) is covered


def test_the_last_rule_that_covers_a_file_counts():
    rules = parse_codeowners("* @everyone\n/ios/ @camille @org/mobile # the app\n/ios/generated/\n\n# nobody\n")
    assert owners_of(rules, "README.md") == ("@everyone",)
    assert owners_of(rules, "ios/a.swift") == ("@camille", "@org/mobile")
    assert owners_of(rules, "ios/generated/a.swift") == ()


def test_lines_that_github_skips_are_skipped():
    assert parse_codeowners("!secret @a\n   \n#only words\n") == ()


@settings(derandomize=True, max_examples=100)
@given(st.text(max_size=60), st.text(max_size=30))
def test_any_text_can_be_read(text: str, path: str):
    assert isinstance(owners_of(parse_codeowners(text), path), tuple)
