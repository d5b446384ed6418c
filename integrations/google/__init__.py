"""Google: sign-in with permissions that grow skill by skill, and Gmail, Drive and Calendar as one person sees them."""

import httpx

from integrations import oauth
from integrations.google.calls import API_URL
from integrations.google.client import Google
from integrations.integration import Integration, OAuth2, OAuthApp, Tokens


async def revoke(app: OAuthApp, tokens: Tokens) -> None:
    """End the access at Google; with the refresh token go all of its access tokens and every permission.

    developers.google.com/identity/protocols/oauth2/web-server#tokenrevoke
    """
    async with httpx.AsyncClient(timeout=oauth.TIMEOUT) as http:
        await oauth.revoke(app, tokens, http=http)


INTEGRATION = Integration(
    name="google",
    title="Google",
    api_url=API_URL,
    auth=OAuth2(
        authorize_url="https://accounts.google.com/o/oauth2/v2/auth",
        token_url="https://oauth2.googleapis.com/token",
        revoke_url="https://oauth2.googleapis.com/revoke",
        scopes=("openid", "email", "profile"),
        pkce=True,
        authorize_params=(("access_type", "offline"), ("prompt", "consent"), ("include_granted_scopes", "true")),
        another_account=(("prompt", "select_account consent"),),
    ),
    endpoints=(
        ("userinfo_url", "https://openidconnect.googleapis.com/v1/userinfo"),
        # No API: a thread's page for people is this and its id.
        ("mail_url", "https://mail.google.com/mail/#all"),
    ),
    client=Google,
    whoami=Google.whoami,
    revoke=revoke,
    wider_than_used=(
        "Google's permissions cover your whole mailbox, all your files or all your calendars, and changing includes"
        " sending and deleting: Pinyon changes only what you approve."
    ),
    limits=(
        "On Google's page you can leave out a permission; then the skill that needs it asks again.",
        "To disconnect ends all of Pinyon's access to this Google account, for mail, files and calendar together.",
        "A mail that was sent cannot be taken back.",
    ),
)
