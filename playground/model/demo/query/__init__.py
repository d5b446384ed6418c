"""From a question to one SELECT, over any described schema: what the demo model does not understand it says."""
