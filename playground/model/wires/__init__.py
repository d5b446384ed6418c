"""The wire formats of the model vendors."""
