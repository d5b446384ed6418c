"""The ends of the way to an account where nothing was connected: why, and what to do."""

from bot.web.connect_way import Vendor, Way
from bot.web.stopped import Stopped
from integrations.errors import AccessRevoked, IntegrationError, Misconfigured, ServiceUnavailable

OWN_LINK = ("Get your own link in Slack", "slack")
NEW_LINK = ("Get a new one in Slack", "slack")
SENT_TO_YOU = "Did someone send you this link? Do not sign in for them. Tell an admin, with the reference below."


def signed_out() -> Stopped:
    return Stopped(
        title="You are not signed in",
        text="Nothing was connected. Open your own link in Slack, and you are asked to sign in first.",
        actions=(OWN_LINK,),
        warning=SENT_TO_YOU,
        status=403,
        why="callback_signed_out",
    )


def too_late(why: str) -> Stopped:
    return Stopped(
        title="This link has ended",
        text="This link was used already, or is older than 10 minutes. Nothing was connected.",
        actions=(NEW_LINK, ("Open Connections", "/connections")),
        status=400,
        why=why,
    )


def someone_else(integration: str, *, after: str) -> Stopped:
    return Stopped(
        title="This link is for someone else",
        text="The link was made for another person, so nothing was connected and nothing was changed.",
        actions=(OWN_LINK, ("Sign in as someone else", f"/signin?next={after}" if after else "/signin")),
        warning=SENT_TO_YOU,
        names_visitor=True,
        status=403,
        why="other_person",
        details={"integration": integration},
    )


def another_account(vendor: Vendor, way: Way) -> Stopped:
    return Stopped(
        title=f"This is another {vendor.title} account",
        text=f"{vendor.title} is connected as yourself only, in the workspace you asked from. Nothing was connected.",
        actions=way.choices,
        status=403,
        why="not_the_asker",
    )


def no_site(vendor: Vendor, way: Way) -> Stopped:
    return Stopped(
        title=f"No {vendor.title} site was allowed",
        text=f"This account has no {vendor.title} site that you let me use. Nothing was connected.",
        actions=way.choices,
        status=400,
        why="no_site",
    )


def pick_a_site(link: str) -> Stopped:
    return Stopped(
        title="Pick a site first",
        text="This account is at home in several sites. Nothing was connected yet.",
        actions=(("Pick one", f"/connect/{link}/confirm"),),
        status=400,
        why="no_site_picked",
    )


def not_given(vendor: Vendor, way: Way, *, error: str) -> Stopped:
    if error == "access_denied":
        text = "You did not give access, so nothing was connected."
        return Stopped(
            title=f"{vendor.title} is not connected", text=text, actions=way.choices, status=200, why="denied"
        )
    text = f"{vendor.title} did not go through with it, so nothing was connected."
    # The vendor's own word for it may hold anything, so the log gets it cut and the page does not get it.
    return Stopped(
        title=f"{vendor.title} is not connected",
        text=text,
        actions=way.choices,
        status=400,
        why="vendor_refused",
        details={"error": error[:60]},
    )


def vendor_failed(vendor: Vendor, way: Way, error: IntegrationError) -> Stopped:
    details = {"integration": vendor.declared.name, "error": str(error)}
    match error:
        case AccessRevoked():
            title, text = f"{vendor.title} is not connected", f"{vendor.title} did not accept this sign-in any more."
        case ServiceUnavailable():
            title, text = f"{vendor.title} is not answering", "I changed nothing."
        case Misconfigured():
            title = f"{vendor.title} is not set up correctly"
            text = "An admin has to look at it, with the reference below. Nothing was connected."
        case _:
            title, text = f"{vendor.title} is not connected", f"{vendor.title} refused. Nothing was connected."
    status = 503 if isinstance(error, ServiceUnavailable | Misconfigured) else 400
    return Stopped(title=title, text=text, actions=way.choices, status=status, why="vendor_failed", details=details)
