"""The two uses of a key: a keyed digest of some parts, and bytes that only its holder can read."""

import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.errors import BygSporError

KEY_BYTES = 32
_NONCE_BYTES = 12


def new_key() -> bytes:
    """A random key of 256 bits."""
    return secrets.token_bytes(KEY_BYTES)


def digest(key: bytes, *parts: str) -> bytes:
    """HMAC-SHA256 of the parts, the first of which names the purpose; 32 bytes, so good as a key of its own, too."""
    return hmac.new(key, _joined(parts), hashlib.sha256).digest()


def encrypted(key: bytes, plain: bytes, *belongs_to: str) -> bytes:
    """AES-256-GCM under a random nonce, which stands first. It opens only with the same `belongs_to`."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, _joined(belongs_to))


def decrypted(key: bytes, sealed: bytes, *belongs_to: str) -> bytes:
    """What was encrypted. Raises BygSporError where key, bytes or `belongs_to` are not those of then."""
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _joined(belongs_to))
    except (InvalidTag, ValueError):
        raise BygSporError(
            "vault.damaged",
            "Something in the vault is not what was put there: it was changed, or moved from where it belongs.",
            "Restore the vault's database from a backup.",
        ) from None


def _joined(parts: tuple[str, ...]) -> bytes:
    """Each part with its length before it, so that no two lists of parts read the same."""
    encoded = [part.encode() for part in parts]
    return b"".join(len(part).to_bytes(4) + part for part in encoded)
