"""The running assistant: a message goes down these rooms, never up."""
