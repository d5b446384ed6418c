"""What can be made to go wrong with the model vendors."""

from dataclasses import dataclass, replace

from playground.model.conversation import Vendor


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that goes wrong; without any field the connection drops before an answer.

    `Fault(status=529)` refuses, `Fault(after=40)` cuts the stream after 40 characters, `Fault(status=529, after=40)`
    ends it there with the vendor's error event, `Fault(hang=True)` never answers, `Fault(hang=True, after=40)` falls
    silent after 40 characters.
    """

    vendor: Vendor | None = None
    """None: whichever is asked."""
    status: int | None = None
    after: int | None = None
    """Characters of the answer that still arrive; a plain answer that is no stream is cut at once."""
    hang: bool = False
    retry_after: float | None = None
    times: int | None = 1
    """None: until it is taken back."""


class Faults:
    """The faults that are still to come, the oldest first."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self._waiting.append(fault)

    def clear(self) -> None:
        self._waiting.clear()

    def take(self, vendor: Vendor) -> Fault | None:
        """The fault that this request meets."""
        for i, fault in enumerate(self._waiting):
            if fault.vendor in (None, vendor):
                if fault.times is not None:
                    left = replace(fault, times=fault.times - 1)
                    self._waiting[i : i + 1] = [left] if left.times else []
                return fault
        return None
