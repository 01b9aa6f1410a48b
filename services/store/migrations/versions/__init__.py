"""One module per step, with its SQL beside it."""
