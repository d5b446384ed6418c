"""What the demo model can do beside pull requests: each job knows by keywords when it is meant, and its own way."""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass

from playground.model.conversation import Plan
from playground.model.demo import work
from playground.model.demo.found.attached import Attached
from playground.model.demo.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the person wrote, in the forms in which a job looks at it."""

    text: str
    """Without Slack's markup."""
    lowered: str
    """The same in lower case, cut to what patterns are run over."""
    before: str
    """What the model itself said last in this thread; empty at its beginning."""
    files: tuple[Attached, ...] = ()
    """What was attached in this thread, newest first."""
    knows: bool = False
    """Whether the agent that answers knows things of its own."""

    @property
    def new_files(self) -> tuple[Attached, ...]:
        """What came with these words."""
        return tuple(file for file in self.files if file.is_new)

    @property
    def tables(self) -> tuple[Attached, ...]:
        """The attached tables, newest first."""
        return tuple(file for file in self.files if file.is_table)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One kind of request."""

    name: str
    fits: Callable[[Said], bool]
    run: Callable[[Run, Said], Plan]
    """Makes its calls through `Run`, which ends the flow until their results are there."""
    order: int = 50
    """Of several jobs that fit, the lowest is taken."""


def all_jobs() -> tuple[Job, ...]:
    """The jobs of every module in `work`, in the order in which they are tried."""
    found: list[Job] = []
    for module in pkgutil.iter_modules(work.__path__, f"{work.__name__}."):
        found += getattr(importlib.import_module(module.name), "JOBS", ())
    return tuple(sorted(found, key=lambda job: (job.order, job.name)))


def job_for(said: Said, jobs: tuple[Job, ...]) -> Job | None:
    return next((job for job in jobs if job.fits(said)), None)
