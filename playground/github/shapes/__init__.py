"""What things look like in GitHub's JSON, one file per kind of thing."""
