"""What travels between parties: events, vocabularies, identifiers. Imports pydantic, msgspec and nothing of ours."""
