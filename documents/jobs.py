"""What can be done in a confined process: each job by its name, with where its function stands."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from pydantic import JsonValue  # a tenth of a second that each confined process would pay

Job: TypeAlias = "Callable[[bytes, Mapping[str, JsonValue]], bytes]"
"""(what it works on, its options) → what it made. Raises `Unreadable`, whose sentence goes to a person."""

JOBS: Mapping[str, str] = {
    "chart": "documents.charts_plotted:picture",
    "csv": "documents.writing_sheet:csv",
    "markdown": "documents.writing_markdown:plain",
    "page": "documents.writing_html:page",
    "read": "documents.kinds:read",
    "workbook": "documents.writing_sheet:workbook",
}
"""name → "module:function"; imported in the confined process only."""


def job(name: str) -> Job:
    """The function of a job. Raises KeyError for a name that stands for none."""
    module, function = JOBS[name].split(":")
    return getattr(import_module(module), function)
