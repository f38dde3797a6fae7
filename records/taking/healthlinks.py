"""What a SMART Health Link is made of: its words, and its encrypted content.

Source: SMART Health Links (HL7, STU 1); the content is a JWE in compact form (RFC 7516), encrypted directly
with the link's key, AES-256-GCM, deflated first.
"""

import base64
import json
import os
import zlib
from datetime import datetime

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

LABEL_LONGEST = 80
"""Characters, as the specification has it."""


def payload(*, url: str, key: str, ends_at: datetime, passcode: bool, label: str) -> str:
    """The link itself, `shlink:/…`. `key`: 32 bytes in base64url; `url`: where its manifest is asked for.

    The flags say that it lasts and its content may change (L), and that a passcode is asked for (P).
    """
    told = {
        "url": url,
        "exp": int(ends_at.timestamp()),
        "flag": "LP" if passcode else "L",
        "key": key,
        "label": label[:LABEL_LONGEST],
        "v": 1,
    }
    return "shlink:/" + _text(json.dumps(told, separators=(",", ":"), ensure_ascii=False).encode())


def sealed(content: bytes, key: str, content_type: str) -> str:
    """The content as a JWE that the key (base64url) opens."""
    header = {"alg": "dir", "enc": "A256GCM", "zip": "DEF", "cty": content_type}
    protected = _text(json.dumps(header, separators=(",", ":")).encode())
    deflate = zlib.compressobj(wbits=-15)
    packed = deflate.compress(content) + deflate.flush()
    nonce = os.urandom(12)
    cipher = AESGCM(base64.urlsafe_b64decode(key + "=")).encrypt(nonce, packed, protected.encode())
    return ".".join((protected, "", _text(nonce), _text(cipher[:-16]), _text(cipher[-16:])))


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
