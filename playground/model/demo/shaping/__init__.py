"""How the demo model drafts an agent from a few words."""
