"""What an agent can do, one folder for each job."""
