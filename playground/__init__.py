"""A local Slack, GitHub and model, to try the bot without any account."""
