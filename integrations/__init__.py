"""Services outside our walls, one folder for each vendor."""
