"""What a person can see and change outside a turn; surfaces only draw it."""
