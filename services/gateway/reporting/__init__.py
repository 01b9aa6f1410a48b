"""Reporting without HTTP: what a form asks, what its answers become, and what is wrong with them, field by field."""
