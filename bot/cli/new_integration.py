"""`pinyon new-integration`: the two folders of a new service, ready to be filled in."""

import ast
import keyword
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Annotated

import typer

TEMPLATES = Path(__file__).with_name("scaffold")
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_LONGEST = 18
"""Characters of a name: no line of a template becomes too long."""
_OF_OURS = re.compile(r"(?:^from (?:integrations|memory|skills)\b.*\n)+", re.MULTILINE)
_MODULES = re.compile(r"^(?:modules|forbidden_modules) = \[(.*?)\]", re.MULTILINE | re.DOTALL)


class CannotWrite(Exception):
    """Nothing was written; the message says why, and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What a new service and its skill are called, wherever they are named."""

    name: str
    title: str
    skill: str

    @property
    def values(self) -> Mapping[str, str]:
        """What stands for each `$word` of a template."""
        return {
            "name": self.name,
            "title": self.title,
            "Class": "".join(part.capitalize() for part in self.name.split("_")),
            "host": f"{self.name.replace('_', '-')}.example.com",
            "skill": self.skill,
            "skill_title": self.title if self.skill == self.name else _spoken(self.skill),
        }

    @property
    def files(self) -> Mapping[str, str]:
        """The template of each file."""
        return {
            f"integrations/{self.name}/__init__.py": "integration.py.txt",
            f"integrations/{self.name}/client.py": "client.py.txt",
            f"integrations/{self.name}/models.py": "models.py.txt",
            f"skills/{self.skill}/__init__.py": "skill.py.txt",
            f"skills/{self.skill}/tools.py": "tools.py.txt",
            f"skills/{self.skill}/instructions.md": "instructions.md.txt",
            f"tests/skills/test_{self.skill}_skill.py": "test.py.txt",
        }


def new_integration(
    name: Annotated[str, typer.Argument(help="The service's name in code: linear")],
    title: Annotated[str, typer.Option(help="The service's name for people")] = "",
    skill: Annotated[str, typer.Option(help="The skill's name, for the job; otherwise the service's")] = "",
) -> None:
    """Write an integration, a skill that uses it and their test, in the checkout that is the current folder."""
    names = Names(name=name, title=title or _spoken(name), skill=skill or name)
    try:
        written = write(names, Path.cwd())
    except CannotWrite as error:
        raise typer.BadParameter(str(error)) from error
    print("\n".join([*(f"wrote    {path}" for path in written), "", _next(names)]))


def write(names: Names, root: Path) -> list[str]:
    """Write everything below `root`, or nothing; the files. Raises CannotWrite."""
    _check(names, root)
    texts = {path: _filled(template, names) for path, template in names.files.items()}
    texts["pyproject.toml"] = _with_contracts((root / "pyproject.toml").read_text(), names, root)
    texts["bot/settings.py"] = _with_settings((root / "bot" / "settings.py").read_text(), names.name)
    _all_or_nothing(root, texts)
    return list(texts)


def _check(names: Names, root: Path) -> None:
    if not all((root / part).exists() for part in ("pyproject.toml", "bot/settings.py", "integrations", "skills")):
        raise CannotWrite("Run it in the root of a checkout of Pinyon: the new folders go beside the others.")
    for given in {names.name, names.skill}:
        if not _NAME.fullmatch(given) or keyword.iskeyword(given) or len(given) > _LONGEST:
            raise CannotWrite(
                f"{given!r} cannot be a name: take lower-case letters, digits and single underscores, at most"
                f" {_LONGEST}, beginning with a letter."
            )
    if not re.fullmatch(rf"[^\W_][\w .&+-]{{0,{_LONGEST - 1}}}", names.title):
        raise CannotWrite(f"{names.title!r} cannot be a title: take up to {_LONGEST} letters, digits and spaces.")
    if any(re.search(rf"\b{names.values['Class']}\b", file.read_text()) for file in TEMPLATES.iterdir()):
        raise CannotWrite(
            f"{names.name!r} means something else in the code: take a longer name, like {names.name}_app."
        )
    for package, member in (("integrations", names.name), ("skills", names.skill)):
        if any((root / package / taken).exists() for taken in (member, f"{member}.py")):
            raise CannotWrite(f"{package}/{member} is there already: take another name.")
    if taken := [path.name for path in root.glob(f"tests/**/test_{names.skill}_skill.py")]:
        raise CannotWrite(f"{taken[0]} is there already: take another name.")


def _filled(template: str, names: Names) -> str:
    text = Template((TEMPLATES / template).read_text()).substitute(names.values)
    # Where the new name belongs in the alphabet depends on the name.
    return _OF_OURS.sub(lambda block: "".join(sorted(block[0].splitlines(keepends=True), key=_module)), text)


def _module(line: str) -> str:
    return line.split()[1]


def _with_contracts(text: str, names: Names, root: Path) -> str:
    """The project file with both folders in every contract that lists such folders."""
    head, mark, contracts = text.partition("[tool.importlinter]")

    def listed(match: re.Match[str]) -> str:
        found, inside = match[0], match[1]
        for package, member in (("skills", names.skill), ("integrations", names.name)):
            folders = [
                each
                for each in re.findall(rf'"{package}\.(\w+)"', inside)
                if (root / package / each / "__init__.py").is_file()
            ]
            if folders:
                last = f'"{package}.{folders[-1]}"'
                lines = re.search(rf"\n *(?={re.escape(last)})", found)
                found = found.replace(last, f'{last},{lines[0] if lines else " "}"{package}.{member}"')
        return found

    return head + mark + _MODULES.sub(listed, contracts)


def _with_settings(text: str, name: str) -> str:
    """The settings with those of the new service after the last service that has some."""
    fields = [
        (statement.target.id, statement.end_lineno or 0)
        for node in ast.parse(text).body
        if isinstance(node, ast.ClassDef) and node.name == "Settings"
        for statement in node.body
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)
    ]
    services = [field.removesuffix("_token_url") for field, _ in fields if field.endswith("_token_url")]
    if not services or name in services:
        return text
    after = max(line for field, line in fields if field.startswith(f"{services[-1]}_"))
    lines = text.splitlines(keepends=True)
    added = [f"    {name}_client_id: str | None = None\n", f"    {name}_client_secret: SecretStr | None = None\n"]
    added += [f"    {name}_{what}_url: str | None = None\n" for what in ("api", "authorize", "token", "revoke")]
    return "".join([*lines[:after], "\n", *added, *lines[after:]])


def _all_or_nothing(root: Path, texts: Mapping[str, str]) -> None:
    before: dict[Path, str | None] = {}
    try:
        for path, text in texts.items():
            file = root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            before[file] = file.read_text() if file.exists() else None
            file.write_text(text)
    except OSError as error:
        _undo(before)
        raise CannotWrite(f"{error.filename or root} cannot be written ({error.strerror}). Nothing was.") from error


def _undo(before: Mapping[Path, str | None]) -> None:
    for file, text in before.items():
        if text is not None:
            file.write_text(text)
            continue
        file.unlink(missing_ok=True)
        if not any(file.parent.iterdir()):
            file.parent.rmdir()


def _spoken(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _next(names: Names) -> str:
    prefix = names.name.upper()
    return "\n".join(
        [
            "Next:",
            f"1. In integrations/{names.name}/ put the service's real addresses and what it really answers.",
            f"2. In skills/{names.skill}/ say what people do there: four to eight tools, how to use them well, and",
            "   what each tells the gate: what it acts on, who sees it, how it is taken back (docs/gate.md).",
            f"3. Register an app at {names.title}, with the callback PINYON_PUBLIC_URL/oauth/{names.name}/callback,",
            f"   and set {prefix}_CLIENT_ID and {prefix}_CLIENT_SECRET.",
            "4. make check",
        ]
    )
