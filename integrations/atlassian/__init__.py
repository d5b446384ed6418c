"""Atlassian: Jira Cloud through OAuth 2.0 (3LO), with the rights that the person has at the site they choose."""

from integrations.atlassian.client import Jira
from integrations.integration import Integration, OAuth2

INTEGRATION = Integration(
    name="atlassian",
    title="Jira",
    api_url="https://api.atlassian.com",
    auth=OAuth2(
        authorize_url="https://auth.atlassian.com/authorize",
        token_url="https://auth.atlassian.com/oauth/token",
        # Without offline_access there is no refresh token; read:jira-user tells whose account it is.
        scopes=("offline_access", "read:jira-user"),
        pkce=False,
        token_as_json=True,
        # RFC 6749 means our registration by this; of a refresh token that was used or is over, Atlassian says it too.
        refresh_ended=("unauthorized_client",),
        authorize_params=(("audience", "api.atlassian.com"), ("prompt", "consent")),
    ),
    endpoints=(("resources_url", "https://api.atlassian.com/oauth/token/accessible-resources"),),
    client=Jira,
    whoami=Jira.whoami,
    sites=Jira.sites,
    wider_than_used=(
        "Atlassian's permission covers every project of the sites that you allow, as far as you have access there"
        " yourself. To change tickets it also covers deleting them and attaching files, which Pinyon never does."
    ),
    limits=(
        "Atlassian does not check PKCE, so the sign-in rests on Pinyon's secret and your browser session alone.",
        "Atlassian has no way for Pinyon to end its permission. After you disconnect, remove Pinyon yourself at"
        " id.atlassian.com under Connected apps.",
        "Atlassian has no permission for a single project: reading means all of Jira that you can see.",
    ),
)
