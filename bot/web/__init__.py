"""Pages of our own: signing in, connecting accounts, and what a person can see and change there."""
