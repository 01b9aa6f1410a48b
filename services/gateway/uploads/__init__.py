"""Sheets through the gateway, without HTTP: what an organisation knows, a look at what a sheet would do, and a yes."""
