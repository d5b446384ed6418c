"""Finds the members of a package of members: every folder that declares itself."""

import importlib
from pathlib import Path
from typing import Protocol, TypeVar

import integrations
from integrations.integration import Integration


class Named(Protocol):
    """A declaration that carries the name of its folder."""

    @property
    def name(self) -> str: ...


Member = TypeVar("Member", bound=Named)


def discover(package: str, folder: Path, kind: type[Member]) -> dict[str, Member]:
    """Import every folder of `package` and return its declaration (`INTEGRATION`, `SKILL`) by folder name.

    Raises TypeError naming the file when a folder declares nothing, something else, or another folder's name: a
    member that is half there must stop start-up, not vanish.
    """
    constant = kind.__name__.upper()
    found: dict[str, Member] = {}
    for member in sorted(folder.iterdir()):
        if not (member / "__init__.py").is_file():
            continue
        declared = getattr(importlib.import_module(f"{package}.{member.name}"), constant, None)
        if not isinstance(declared, kind) or declared.name != member.name:
            raise TypeError(
                f"{package}/{member.name}/__init__.py must declare {constant} = "
                f"{kind.__name__}(name={member.name!r}, …), found {declared!r}"
            )
        found[member.name] = declared
    return found


def integration_catalog() -> dict[str, Integration]:
    """Every integration by name."""
    return discover("integrations", Path(integrations.__path__[0]), Integration)
