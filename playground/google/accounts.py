"""Who has a Google account: everybody with an address of the company's own domain."""

import hashlib
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from playground.company import Company


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One person at Google; the address is how others name them."""

    sub: str
    """The number by which Google knows an account for ever."""
    handle: str
    name: str
    email: str
    title: str
    zone: ZoneInfo


class Accounts:
    """The company's accounts, found by handle or address."""

    def __init__(self, company: Company) -> None:
        self.domain = company.domain
        self.all = tuple(
            Account(
                sub=str(10**20 + int(hashlib.sha256(person.handle.encode()).hexdigest()[:15], 16)),
                handle=person.handle,
                name=person.name,
                email=person.email,
                title=person.title,
                zone=ZoneInfo(person.zone),
            )
            for person in company.people
            if person.email.endswith(f"@{company.domain}")
        )
        self._known = {key: account for account in self.all for key in (account.handle, account.email)}

    def find(self, person: str) -> Account | None:
        """Whoever has this handle or address; None when nobody here has."""
        return self._known.get(person.strip().lower())

    def person(self, person: str) -> Account:
        """As `find`; KeyError when nobody has."""
        if account := self.find(person):
            return account
        raise KeyError(f"Nobody with a Google account is called {person!r}.")
