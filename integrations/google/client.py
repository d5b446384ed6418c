"""Google as one person sees it: their mail, files and calendar, each a client of its own."""

from dataclasses import dataclass

from pydantic import SecretStr, TypeAdapter

from integrations.blocking import PATIENCE, Patience
from integrations.google.calendar import Calendar
from integrations.google.calls import Calls
from integrations.google.drive import Drive
from integrations.google.mail import Gmail
from integrations.integration import Account, Destination


@dataclass(frozen=True, slots=True, kw_only=True)
class _Userinfo:
    """Whose sign-in it is (openid.net/specs/openid-connect-core-1_0.html §5.1)."""

    sub: str
    email: str | None = None
    email_verified: bool = False
    name: str | None = None


_USERINFO = TypeAdapter(_Userinfo)


class Google:
    """A client signed in as one person; cheap to build, connects with its first call.

    Every method raises the errors of `integrations.errors`: NotFound for what this person cannot see,
    PermissionMissing for what their consent does not cover, Refused for what Google's rules or rights forbid,
    ServiceUnavailable, AccessRevoked, and OutcomeUnknown after a write whose answer was lost. Reads are tried twice,
    writes never.
    """

    def __init__(self, access: SecretStr, to: Destination, *, patience: Patience = PATIENCE) -> None:
        self._calls = Calls(access, to, patience=patience)
        self.mail = Gmail(self._calls)
        self.drive = Drive(self._calls)
        self.calendar = Calendar(self._calls)

    async def whoami(self) -> Account:
        """Whose account this is, called by its address: people have several under one name.

        The address counts only where Google has verified it.
        """
        user = await self._calls.fetch("userinfo_url", _USERINFO)
        email = user.email if user.email_verified else None
        return Account(id=user.sub, name=email or user.name or user.sub, email=email)
