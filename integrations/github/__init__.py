"""GitHub: sign-in through a GitHub App, with the rights of the person and of the app's installation."""

from integrations.github.client import GitHub
from integrations.github.revocation import revoke
from integrations.integration import Integration, OAuth2

INTEGRATION = Integration(
    name="github",
    title="GitHub",
    api_url="https://api.github.com",
    auth=OAuth2(
        authorize_url="https://github.com/login/oauth/authorize",
        token_url="https://github.com/login/oauth/access_token",
    ),
    client=lambda access, to: GitHub(access, to.api_url),
    whoami=GitHub.whoami,
    revoke=revoke,
    wider_than_used=(
        "GitHub's permission covers everything that your organisation allowed Pinyon's GitHub App, in every repository"
        " where it is installed and where you have access yourself."
    ),
    limits=(
        "GitHub has no narrower permission per person: owners choose repositories and rights for the app.",
        "A comment or review carries your name.",
    ),
)
