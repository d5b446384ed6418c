"""Slack: acting in the workspace as the person who asks, with what they can see and do there."""

from integrations.integration import Integration, OAuth2
from integrations.slack.client import Slack
from integrations.slack.sign_in import persons_part, revoke

INTEGRATION = Integration(
    name="slack",
    title="Slack",
    api_url="https://slack.com/api/",
    auth=OAuth2(
        authorize_url="https://slack.com/oauth/v2/authorize",
        token_url="https://slack.com/api/oauth.v2.access",
        scope_parameter="user_scope",
        pkce=False,
        read_answer=persons_part,
    ),
    client=Slack,
    whoami=Slack.whoami,
    revoke=revoke,
    acts_as_asker=True,
    wider_than_used=(
        "Slack's permission covers every channel that you can see, and its search your direct messages too; Pinyon"
        " reads only channels that you are a member of, and no direct messages."
    ),
    limits=(
        "Slack means PKCE for apps that keep no secret, so it is not used here: the random state and your own sign-in"
        " in the browser protect the way back.",
        "Slack has no narrower permission, such as for single channels.",
        "Slack only adds permissions: to take one back, disconnect the account and connect it again.",
        "A message posted this way carries your name, and Slack marks it as sent through Pinyon.",
        "Slack lets apps that are sold outside its Marketplace read one page of a channel each minute.",
    ),
)
