"""The REST endpoints, one file per kind of thing."""
