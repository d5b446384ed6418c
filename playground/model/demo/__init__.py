"""The brain that a newcomer meets: keywords and templates, no AI."""
