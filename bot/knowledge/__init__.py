"""What agents know: kept, refreshed, searched."""
