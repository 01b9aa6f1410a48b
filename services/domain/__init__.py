"""The rules, pure: no I/O, no clock, no environment. `RULES.md` beside this file says in words what the code does."""
