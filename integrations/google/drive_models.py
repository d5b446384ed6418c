"""What Google Drive says, as far as it is read here."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from pydantic import ConfigDict
from pydantic.alias_generators import to_camel

Role = Literal["reader", "commenter", "writer"]
Kind = Literal["document", "sheet", "slides", "text", "folder", "other"]

_CAMEL = ConfigDict(alias_generator=to_camel)
_GOOGLE = "application/vnd.google-apps."
KINDS: dict[str, Kind] = {
    f"{_GOOGLE}document": "document",
    f"{_GOOGLE}spreadsheet": "sheet",
    f"{_GOOGLE}presentation": "slides",
    f"{_GOOGLE}folder": "folder",
    "application/json": "text",
    "application/yaml": "text",
    "application/xml": "text",
}
"""By media type; whatever begins with `text/` is text too."""
_NAMED = {
    f"{_GOOGLE}form": "Google form",
    f"{_GOOGLE}drawing": "Google drawing",
    f"{_GOOGLE}shortcut": "shortcut",
    "text/csv": "CSV file",
    "text/markdown": "Markdown file",
    "application/pdf": "PDF",
    "application/zip": "ZIP archive",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "Word file",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "Excel file",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "PowerPoint file",
}
_KIND_NAMES: dict[Kind, str] = {
    "document": "Google Doc",
    "sheet": "Google Sheet",
    "slides": "Google Slides",
    "text": "text file",
    "folder": "folder",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody as Drive shows them; the address may be hidden."""

    __pydantic_config__: ClassVar[ConfigDict] = _CAMEL

    display_name: str = ""
    email_address: str | None = None
    me: bool = False
    """Whether it is the person who asks."""

    @property
    def named(self) -> str:
        return self.display_name or self.email_address or "somebody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What this person may do with a file; what Drive does not tell it refuses when it is tried."""

    __pydantic_config__: ClassVar[ConfigDict] = _CAMEL

    can_comment: bool = True
    can_share: bool = True
    can_add_children: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """Who may do what with a file."""

    __pydantic_config__: ClassVar[ConfigDict] = _CAMEL

    id: str
    type: str
    """`user`, `group`, `domain` or `anyone`."""
    role: str
    display_name: str | None = None
    email_address: str | None = None
    domain: str | None = None
    allow_file_discovery: bool = False
    """Of `anyone` and `domain`: whether a search finds it, or only its address leads there."""

    @property
    def named(self) -> str:
        """Who that is, in a person's words."""
        match self.type:
            case "anyone":
                return "anyone with the link"
            case "domain":
                return f"everyone at {self.domain or self.display_name or 'the organisation'}"
            case _:
                return self.display_name or self.email_address or "somebody"


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file or folder, without its content."""

    __pydantic_config__: ClassVar[ConfigDict] = _CAMEL

    id: str
    name: str
    mime_type: str
    modified_time: datetime | None = None
    last_modifying_user: User | None = None
    owners: tuple[User, ...] = ()
    web_view_link: str | None = None
    size: int | None = None
    """Bytes; Google's own formats have none or one that says little."""
    trashed: bool = False
    owned_by_me: bool = False
    permissions: tuple[Permission, ...] | None = None
    """Who may see it; None where this person may not know."""
    capabilities: Capabilities = Capabilities()

    @property
    def kind(self) -> Kind:
        return "text" if self.mime_type.startswith("text/") else KINDS.get(self.mime_type, "other")

    @property
    def kind_name(self) -> str:
        """The kind in a person's words: "PDF"."""
        return _NAMED.get(self.mime_type) or _KIND_NAMES.get(self.kind) or f"file of type {self.mime_type[:80]}"

    @property
    def owner(self) -> str:
        """Whose it is, empty for files of a shared drive."""
        return ", ".join(user.named for user in self.owners)


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePage:
    __pydantic_config__: ClassVar[ConfigDict] = _CAMEL

    files: tuple[File, ...] = ()
    next_page_token: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """The words of the file that a comment is about."""

    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    __pydantic_config__: ClassVar[ConfigDict] = _CAMEL

    author: User | None = None
    created_time: datetime
    content: str = ""
    action: str | None = None
    """`resolve` or `reopen`, of the comment that it answers."""
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    __pydantic_config__: ClassVar[ConfigDict] = _CAMEL

    id: str
    author: User | None = None
    created_time: datetime
    content: str = ""
    resolved: bool = False
    quoted_file_content: Quoted | None = None
    replies: tuple[Reply, ...] = ()
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentPage:
    __pydantic_config__: ClassVar[ConfigDict] = _CAMEL

    comments: tuple[Comment, ...] = ()
    next_page_token: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PermissionPage:
    __pydantic_config__: ClassVar[ConfigDict] = _CAMEL

    permissions: tuple[Permission, ...] = ()
    next_page_token: str | None = None
