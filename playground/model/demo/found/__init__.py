"""What the tools of each skill return, read with care: a field that is missing is empty."""
