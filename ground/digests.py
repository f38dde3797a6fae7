"""How a word that opens something is kept: by its digest, so that nobody who reads the table can use it.

A plain digest is enough because each of these words is long and drawn by chance; passwords are another thing.
"""

from hashlib import sha256


def digest(word: str) -> str:
    """64 hexadecimal digits."""
    return sha256(word.encode()).hexdigest()
