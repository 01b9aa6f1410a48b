"""Sheets that organisations hand in: each until it is confirmed, what their columns mean, and what was told of rows."""

from services.store.uploads.register import Kept, Register, State, Upload

__all__ = ["Kept", "Register", "State", "Upload"]
