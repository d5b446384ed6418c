"""The jobs of the demo model, a module for each skill or story that crosses skills; each declares `JOBS`."""
