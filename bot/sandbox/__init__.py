"""Where code of the model runs: at E2B or behind bubblewrap, and nowhere else."""
