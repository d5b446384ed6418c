"""The pages on which admins, and the data experts they name, set up the databases that may be asked."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Request
from pydantic import SecretStr
from starlette.responses import RedirectResponse, Response

from bot.databases.rows import Rows
from bot.self_service.databases import DatabaseSetUp, Looked, Refusing, Wrong, written_terms
from bot.web.admin import admin
from bot.web.pages import page
from bot.web.site import Site, TheSite
from bot.web.stopped import Stopped, nothing_here
from bot.web.visitor import SentBy, SignedIn, Visitor
from memory.databases import ExampleQuestion, KnownDatabase, Table

router = APIRouter(prefix="/admin/databases")

SHOWN_ROWS = 50
"""Rows of a test run."""
SHOWN_PEOPLE = 200


def set_up(site: TheSite) -> DatabaseSetUp:
    """Return the set-up; where there is none, there is no such page."""
    if site.databases is None:
        raise nothing_here(why="no_databases")
    return site.databases


SetUp = Annotated[DatabaseSetUp, Depends(set_up)]


async def is_admin(site: TheSite, visitor: SignedIn, _set_up: SetUp) -> bool:
    """Return whether the visitor is an admin now."""
    try:
        await admin(site, visitor)
    except Stopped:
        return False
    return True


IsAdmin = Annotated[bool, Depends(is_admin)]


async def admins_set_up(set_up: SetUp, *, is_admin: IsAdmin) -> DatabaseSetUp:
    """Return the set-up, for admins."""
    if not is_admin:
        raise nothing_here(why="not_an_admin")
    return set_up


# FastAPI resolves parameters in their order: who may not see a page at all is told so before a form's token counts.
AdminsSetUp = Annotated[DatabaseSetUp, Depends(admins_set_up)]


async def editable(database: str, visitor: SignedIn, set_up: SetUp, *, is_admin: IsAdmin) -> KnownDatabase:
    """Return the database, for its editors and for admins; for everybody else there is none."""
    known = await set_up.find(visitor.person, database, is_admin=is_admin)
    if known is None:
        raise nothing_here(why="unknown_database")
    return known


Known = Annotated[KnownDatabase, Depends(editable)]


async def only_admins(known: Known, *, is_admin: IsAdmin) -> KnownDatabase:
    """Return the database, for admins."""
    if not is_admin:
        raise nothing_here(why="not_an_admin")
    return known


Owned = Annotated[KnownDatabase, Depends(only_admins)]


@router.get("")
async def databases_page(site: TheSite, visitor: SignedIn, set_up: SetUp, *, is_admin: IsAdmin) -> Response:
    """Show the databases that the visitor may change something of."""
    return await _list(site, visitor, set_up, is_admin=is_admin)


@router.post("")
async def add(
    site: TheSite,
    set_up: AdminsSetUp,
    visitor: SentBy,
    name: Annotated[str, Form()],
    address: Annotated[SecretStr, Form()],
) -> Response:
    """Add a database, once its address was tried and its role looked at."""
    try:
        known = await set_up.add(visitor.person, name, address, now=site.clock())
    except Wrong as error:
        return await _list(site, visitor, set_up, is_admin=True, name=name, wrong=str(error))
    except Refusing as error:
        return await _list(site, visitor, set_up, is_admin=True, name=name, refusing=error)
    return RedirectResponse(f"{_path(known)}/tables?added=1", 303)


@router.get("/{database}")
async def database_page(
    site: TheSite, visitor: SignedIn, known: Known, *, is_admin: IsAdmin, saved: str = ""
) -> Response:
    """Show one database."""
    return _page(site, visitor, known, is_admin=is_admin, saved=saved)


@router.get("/{database}/tables")
async def tables_page(site: TheSite, visitor: SignedIn, set_up: SetUp, known: Owned, added: str = "") -> Response:
    """Ask which tables are open for questions."""
    return await _tables(site, visitor, set_up, known, added=bool(added))


@router.post("/{database}/tables")
async def pick(
    site: TheSite,
    known: Owned,
    visitor: SentBy,
    set_up: SetUp,
    table: Annotated[list[str], Form(default_factory=list)],
) -> Response:
    """Open these tables for questions, and close all others."""
    try:
        await set_up.pick(visitor.person, known, table, now=site.clock())
    except Wrong as error:
        return await _tables(site, visitor, set_up, known, wrong=str(error))
    return _saved(known, "tables")


@router.get("/{database}/tables/{table:path}")
async def table_page(site: TheSite, visitor: SignedIn, known: Known, table: str, *, is_admin: IsAdmin) -> Response:
    """Ask what a table and its columns hold."""
    return page(
        site, "database_table.html", visitor=visitor, known=known, table=_table(known, table), is_admin=is_admin
    )


@router.post("/{database}/tables/{table:path}")
async def describe(
    request: Request, site: TheSite, known: Known, visitor: SentBy, set_up: SetUp, table: str, *, is_admin: IsAdmin
) -> Response:
    """Keep what a table and its columns hold; an admin also closes columns."""
    form = await request.form()
    found = _table(known, table)
    said = {column.name: str(form.get(f"says:{column.name}", column.says)) for column in found.columns}
    hidden = {column.name for column in found.columns if form.get(f"hidden:{column.name}")} if is_admin else None
    try:
        await set_up.describe(
            visitor.person,
            known,
            table,
            says=str(form.get("says", found.says)),
            columns=said,
            hidden=hidden,
            now=site.clock(),
        )
    except Wrong as error:
        return _page(site, visitor, known, is_admin=is_admin, wrong=("tables", str(error)))
    return _saved(known, "tables")


@router.post("/{database}/words")
async def word(
    site: TheSite,
    known: Known,
    visitor: SentBy,
    set_up: SetUp,
    notes: Annotated[str, Form()] = "",
    terms: Annotated[str, Form()] = "",
    *,
    is_admin: IsAdmin,
) -> Response:
    """Keep the notes and the terms."""
    try:
        await set_up.word(visitor.person, known, notes=notes, terms=terms, now=site.clock())
    except Wrong as error:
        wrong = ("words", str(error))
        return _page(site, visitor, known, is_admin=is_admin, wrong=wrong, notes=notes, terms=terms)
    return _saved(known, "words")


@router.post("/{database}/examples")
async def change_example(
    site: TheSite,
    known: Known,
    visitor: SentBy,
    set_up: SetUp,
    do: Annotated[Literal["save", "try", "remove"], Form()],
    at: Annotated[int, Form()] = -1,
    question: Annotated[str, Form()] = "",
    sql: Annotated[str, Form()] = "",
    *,
    is_admin: IsAdmin,
) -> Response:
    """Keep, try out or remove an example question; `at` is its place, -1 for a new one."""
    tried = Tried(at=at, question=question, sql=sql)
    try:
        match do:
            case "save":
                place = at if at >= 0 else None
                await set_up.keep_example(visitor.person, known, place, question, sql, now=site.clock())
            case "remove":
                await set_up.drop_example(visitor.person, known, max(0, at), now=site.clock())
            case "try":
                rows = await set_up.try_out(known, sql)
                return _page(site, visitor, known, is_admin=is_admin, tried=tried.with_(rows))
    except Wrong as error:
        return _page(site, visitor, known, is_admin=is_admin, wrong=("examples", str(error)), tried=tried)
    return _saved(known, "examples")


@router.get("/{database}/people")
async def people_page(site: TheSite, visitor: SignedIn, set_up: SetUp, known: Owned) -> Response:
    """Ask who may ask it, and who may describe it."""
    return await _people(site, visitor, set_up, known)


@router.post("/{database}/people")
async def let(
    site: TheSite,
    known: Owned,
    visitor: SentBy,
    set_up: SetUp,
    who: Annotated[Literal["all", "chosen"], Form()],
    person: Annotated[list[str], Form(default_factory=list)],
    editor: Annotated[list[str], Form(default_factory=list)],
) -> Response:
    """Decide who may ask it, and who may describe it."""
    people = person if who == "chosen" else None
    try:
        await set_up.let(visitor.person, known, people=people, editors=editor, now=site.clock())
    except Wrong as error:
        return await _people(site, visitor, set_up, known, wrong=str(error))
    return _saved(known, "people")


@router.post("/{database}/address")
async def move(
    site: TheSite, known: Owned, visitor: SentBy, set_up: SetUp, address: Annotated[SecretStr, Form()]
) -> Response:
    """Write another address."""
    try:
        await set_up.move(visitor.person, known, address, now=site.clock())
    except Wrong as error:
        return _page(site, visitor, known, is_admin=True, wrong=("address", str(error)))
    except Refusing as error:
        return _page(site, visitor, known, is_admin=True, refusing=error)
    return _saved(known, "address")


@router.post("/{database}/switch")
async def switch(
    site: TheSite, known: Owned, visitor: SentBy, set_up: SetUp, to: Annotated[Literal["on", "off"], Form()]
) -> Response:
    """Let it be asked, or not for now."""
    await set_up.switch(visitor.person, known, is_on=to == "on", now=site.clock())
    return _saved(known, to)


@router.post("/{database}/delete")
async def delete(site: TheSite, known: Owned, visitor: SentBy, set_up: SetUp) -> Response:
    """Forget it, with all that was written about it."""
    await set_up.remove(visitor.person, known, now=site.clock())
    return RedirectResponse("/admin/databases", 303)


class Tried:
    """An example that is being written, with what came of trying it."""

    def __init__(self, *, at: int, question: str, sql: str, rows: Rows | None = None) -> None:
        self.at, self.question, self.sql, self.rows = at, question, sql, rows

    def with_(self, rows: Rows) -> "Tried":
        """The same after a test run."""
        return Tried(at=self.at, question=self.question, sql=self.sql, rows=rows)


def _path(known: KnownDatabase) -> str:
    return f"/admin/databases/{known.id.rpartition(':')[2]}"


def _saved(known: KnownDatabase, what: str) -> Response:
    return RedirectResponse(f"{_path(known)}?saved={what}#{what if what not in ('on', 'off') else 'main'}", 303)


def _table(known: KnownDatabase, name: str) -> Table:
    found = next((table for table in known.tables if table.name == name), None)
    if found is None:
        raise nothing_here(why="unknown_table")
    return found


async def _list(
    site: Site,
    visitor: Visitor,
    set_up: DatabaseSetUp,
    *,
    is_admin: bool,
    name: str = "",
    wrong: str = "",
    refusing: Refusing | None = None,
) -> Response:
    known = await set_up.seen_by(visitor.person, is_admin=is_admin)
    if not known and not is_admin:
        raise nothing_here(why="not_an_editor")
    return page(
        site,
        "databases.html",
        visitor=visitor,
        status=400 if wrong or refusing else 200,
        databases=[(_path(one), one) for one in known],
        is_admin=is_admin,
        name=name,
        wrong=wrong,
        findings=refusing.findings if refusing else (),
    )


def _page(
    site: Site,
    visitor: Visitor,
    known: KnownDatabase,
    *,
    is_admin: bool,
    saved: str = "",
    wrong: tuple[str, str] = ("", ""),
    notes: str | None = None,
    terms: str | None = None,
    tried: Tried | None = None,
    refusing: Refusing | None = None,
) -> Response:
    return page(
        site,
        "database.html",
        visitor=visitor,
        status=400 if any(wrong) or refusing else 200,
        known=known,
        path=_path(known),
        is_admin=is_admin,
        saved=saved,
        wrong_at=wrong[0],
        wrong=wrong[1],
        notes=known.notes if notes is None else notes,
        terms=written_terms(known.terms) if terms is None else terms,
        tried=tried,
        shown_rows=SHOWN_ROWS,
        blank=ExampleQuestion(question="", sql=""),
        findings=refusing.findings if refusing else (),
    )


async def _tables(
    site: Site, visitor: Visitor, set_up: DatabaseSetUp, known: KnownDatabase, *, added: bool = False, wrong: str = ""
) -> Response:
    try:
        looked = await set_up.look(known)
    except Wrong as error:
        looked, wrong = Looked(tables=known.tables, findings=()), wrong or str(error)
    return page(
        site,
        "database_tables.html",
        visitor=visitor,
        status=400 if wrong else 200,
        known=known,
        path=_path(known),
        tables=looked.tables,
        picked={table.name for table in known.tables},
        findings=looked.findings,
        added=added,
        wrong=wrong,
    )


async def _people(
    site: Site, visitor: Visitor, set_up: DatabaseSetUp, known: KnownDatabase, *, wrong: str = ""
) -> Response:
    members = await set_up.members(visitor.person)
    chosen = {*(known.people or ()), *known.editors}
    ranked = sorted(members, key=lambda one: one.id not in chosen)
    return page(
        site,
        "database_people.html",
        visitor=visitor,
        status=400 if wrong else 200,
        known=known,
        path=_path(known),
        people=ranked[:SHOWN_PEOPLE],
        more=max(0, len(ranked) - SHOWN_PEOPLE),
        wrong=wrong,
    )
