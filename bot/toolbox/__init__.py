"""The tools this person may use now, and the way of one call: validate, gate, ledger, act."""
