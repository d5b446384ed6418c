"""What runs inside the walls, without the walls: code as in a notebook, and the frames that it talks in."""

import io
import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.sandbox.kernel import OUTPUT, Notebook, place, read, receive, send, serve, slug


@pytest.fixture
def notebook(tmp_path: Path) -> Iterator[Notebook]:
    """A notebook of the test's own process, which can be interrupted again afterwards."""
    before = signal.getsignal(signal.SIGINT)
    yield Notebook(tmp_path)
    signal.signal(signal.SIGINT, before)


def said(notebook: Notebook, code: str) -> dict[str, Any]:
    return notebook.run(code)[0]


# Running


@pytest.mark.parametrize(
    ("code", "output"),
    [
        ("1 + 1", "2\n"),
        ("x = 3\nx * 2", "6\n"),
        ("print('a'); 'b'", "a\n'b'\n"),
        ("x = 1", ""),
        ("None", ""),
        ("", ""),
        ("for n in range(2): n", ""),
        ("import sys; print('e', file=sys.stderr)", "e\n"),
        ("display(1, 'two')", "1\ntwo\n"),
        ("import sys; sys.stdout.buffer.write(b'raw') and None", "raw"),
        ("print('\\udcff')", "?\n"),
    ],
)
def test_it_shows_what_a_notebook_shows(notebook: Notebook, code: str, output: str):
    answer = said(notebook, code)
    assert (answer["error"], answer["output"]) == ("", output)


def test_variables_stay(notebook: Notebook):
    said(notebook, "x = 41")
    assert said(notebook, "x + 1")["output"] == "42\n"


def test_a_traceback_names_only_the_lines_of_the_code(notebook: Notebook):
    error = said(notebook, "import json\ndef read():\n    return json.loads('{')\nread()")["error"]
    assert error.splitlines()[0] == "Traceback (most recent call last):"
    assert "return json.loads('{')" in error
    assert "kernel.py" not in error
    assert "json/decoder.py" not in error
    assert error.splitlines()[-1].startswith("json.decoder.JSONDecodeError")


def test_an_error_behind_an_error_is_told_too(notebook: Notebook):
    error = said(notebook, "try:\n    1/0\nexcept ZeroDivisionError as e:\n    raise ValueError('no') from e")["error"]
    assert "ZeroDivisionError" in error
    assert error.splitlines()[-1] == "ValueError: no"


@pytest.mark.parametrize(
    "code", ["raise ValueError", "exit()", "x =", "1\0", "raise KeyboardInterrupt", "def f(): f()\nf()"]
)
def test_whatever_is_raised_ends_only_its_run(notebook: Notebook, code: str):
    said(notebook, code)
    assert said(notebook, "'still here'")["output"] == "'still here'\n"


def test_an_error_is_never_swallowed(notebook: Notebook):
    for kind in ("ValueError", "SystemExit", "GeneratorExit", "StopIteration"):
        assert kind in said(notebook, f"raise {kind}('x')")["error"]


def test_closing_the_output_closes_only_ones_own(notebook: Notebook):
    assert said(notebook, "import sys; print('a'); sys.stdout.close()")["output"] == "a\n"
    assert said(notebook, "print('b')")["output"] == "b\n"


def test_output_is_cut_and_its_length_told(notebook: Notebook):
    answer = said(notebook, f"print('é' * {OUTPUT})")
    assert len(answer["output"].encode()) <= OUTPUT
    assert "left out" in answer["notes"][0]


def test_a_value_that_cannot_be_shown_is_an_error_of_the_code(notebook: Notebook):
    code = "class Bad:\n    def __repr__(self): raise RuntimeError('ugly')\nBad()"
    assert said(notebook, code)["error"].splitlines()[-1] == "RuntimeError: ugly"


# Files


def writing(path: Path, text: str) -> str:
    return f"__import__('pathlib').Path({str(path)!r}).write_text({text!r})"


def names(notebook: Notebook, code: str) -> list[str]:
    return [file["name"] for file in said(notebook, code)["files"]]


def test_new_and_changed_files_come_back_once(notebook: Notebook, tmp_path: Path):
    assert names(notebook, writing(tmp_path / "a.csv", "x")) == ["a.csv"]
    assert names(notebook, "1") == []
    assert names(notebook, writing(tmp_path / "a.csv", "xy")) == ["a.csv"]


def test_a_file_that_was_placed_is_not_new(notebook: Notebook, tmp_path: Path):
    (tmp_path / "given.csv").write_text("a")
    notebook.know("given.csv")
    assert names(notebook, "1") == []


def test_what_a_failed_run_wrote_comes_with_the_run_that_mends_it(notebook: Notebook, tmp_path: Path):
    assert names(notebook, f"{writing(tmp_path / 'a.csv', 'x')}; 1/0") == []
    assert names(notebook, "1") == ["a.csv"]


def test_links_hidden_and_empty_files_do_not_come_back(notebook: Notebook, tmp_path: Path):
    outside = tmp_path.parent / "outside.txt"
    outside.write_text("secret")
    (tmp_path / "link.csv").symlink_to(outside)
    (tmp_path / "folder").symlink_to(tmp_path.parent)
    (tmp_path / ".hidden").write_text("x")
    (tmp_path / "empty.csv").touch()
    assert names(notebook, "1") == []
    assert read(tmp_path / "link.csv", 100) == b""


# Frames


def test_what_is_asked_is_answered_with_the_files(notebook: Notebook, tmp_path: Path):
    requests, replies = io.BytesIO(), io.BytesIO()
    code = f"p = __import__('pathlib').Path({str(tmp_path)!r}); (p / 'b.csv').write_text((p / 'a.csv').read_text() * 2)"
    send(requests, {"number": "7", "code": code, "files": [{"name": "a.csv", "size": 3}]}, [b"xyz"])
    requests.seek(0)
    serve(requests, replies, notebook, tmp_path)
    replies.seek(0)
    answer = receive(replies)
    assert answer is not None
    assert answer["number"] == "7"
    assert (answer["output"], answer["files"]) == ("6\n", [{"name": "b.csv", "alt": "", "size": 6}])
    assert replies.read() == b"xyzxyz"


def test_a_file_replaces_a_link_of_its_name_and_follows_it_nowhere(tmp_path: Path):
    outside = tmp_path.parent / "kept.txt"
    outside.write_text("kept")
    (tmp_path / "a.csv").symlink_to(outside)
    assert place(io.BytesIO(b"new"), tmp_path, "a.csv", 3) == ""
    assert (outside.read_text(), (tmp_path / "a.csv").read_text()) == ("kept", "new")


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=300), st.lists(st.binary(max_size=200), max_size=4))
def test_a_frame_arrives_as_it_was_sent(text: str, bodies: list[bytes]):
    stream = io.BytesIO()
    send(stream, {"text": text}, bodies)
    stream.seek(0)
    assert receive(stream) == {"text": json.loads(json.dumps(text))}
    assert stream.read() == b"".join(bodies)


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=200))
def test_a_title_becomes_a_plain_name(title: str):
    assert set(slug(title)) & set('/\\.<>:"|?* \n') == set()
    assert len(slug(title)) <= 60
