"""What is still to do for the next release, as a board's open tickets name their versions."""

import re

from playground.model.conversation import Plan
from playground.model.demo.found.tickets import Ticket, board_of
from playground.model.demo.jobs import Job, Said
from playground.model.demo.keywords import has
from playground.model.demo.reach import reach
from playground.model.demo.reads import counted
from playground.model.demo.run import Run
from playground.model.demo.work.tickets import board_named, row


def _asks(said: Said) -> bool:
    left = has(said.lowered, "not (?:yet )?done", "open", "left", "unfinished", "missing", "still to do")
    return left and has(said.lowered, "tickets?") and has(said.lowered, "(?:next|coming|this) (?:release|version)")


def _tell(run: Run, said: Said) -> Plan:
    reach(run, {"view_board": "look at the board"})
    board = board_of(run.read(run.call("view_board", board=board_named(said.text)))[0])
    planned = [ticket for ticket in board.open if ticket.versions]
    if not planned:
        return Plan(text=f"No open ticket on {board.name} is planned for a version.")
    version = min((version for ticket in planned for version in ticket.versions), key=_numbers)
    found = [ticket for ticket in planned if version in ticket.versions]
    head = f"**{counted(len(found), 'ticket')} of {version} {'is' if len(found) == 1 else 'are'} not done:**"
    return Plan(text="\n".join([head, "", *(_row(ticket) for ticket in found)]))


def _row(ticket: Ticket) -> str:
    return f"{row(ticket)}, {ticket.assignee or 'nobody'}"


def _numbers(version: str) -> list[int]:
    """So that 4.9 comes before 4.12."""
    return [int(number) for number in re.findall(r"\d+", version)]


JOBS = (Job(name="what the next release waits for", fits=_asks, run=_tell, order=26),)
