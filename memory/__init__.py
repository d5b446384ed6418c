"""The store: everything that survives a restart."""
