"""Everything of the streaming set-up as processes on one machine, to look at and to check: `python -m deploy.stack`."""
