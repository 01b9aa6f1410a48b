"""What must not stand beside the figures: names, and which CPR number is which person.

A database of its own, with keys outside it (architecture.md, People's data): either of them alone says nothing.
"""

from services.store.vault.keys import Keyring
from services.store.vault.vault import Vault

__all__ = ["Keyring", "Vault"]
