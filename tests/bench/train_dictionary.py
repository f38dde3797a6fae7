"""Train the next dictionary of `records.bodies` on the sandbox's invented people, and on nobody else.

    python -m tests.bench.train_dictionary

It writes the next number beside the others and says how well it does on people it was not trained on. To use
it, set `records.bodies.CURRENT` to that number; the older ones stay for ever, because bodies name them.
"""

from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import zstandard

from sandbox.patients.crowd import population
from sandbox.patients.samples import training_samples

FOLDER = Path(__file__).resolve().parents[2] / "records" / "dictionaries"
SIZE = 64 * 1024
SAMPLES = 6_000
LONGEST = 16 * 1024
"""Bytes of a sample: what is longer is mostly one inline document, and would teach nothing but itself."""


def train(samples: Sequence[bytes]) -> bytes:
    """A dictionary out of what resources have in common."""
    short = [sample for sample in samples if len(sample) <= LONGEST]
    return zstandard.train_dictionary(SIZE, short, level=3).as_bytes()


def share(dictionary: bytes | None, bodies: Sequence[bytes]) -> float:
    """Bytes after compression as a share of the bytes before."""
    data = zstandard.ZstdCompressionDict(dictionary) if dictionary else None
    compressor = zstandard.ZstdCompressor(level=3, dict_data=data, write_dict_id=False)
    return sum(len(compressor.compress(body)) for body in bodies) / sum(map(len, bodies))


def main() -> None:
    """Train, write, report."""
    FOLDER.mkdir(exist_ok=True)
    number = max((int(path.stem) for path in FOLDER.glob("*.zdict")), default=0) + 1
    dictionary = train(training_samples(SAMPLES))
    strangers = list(islice(population(2_000, seed=77), 2_000))
    (FOLDER / f"{number}.zdict").write_bytes(dictionary)
    print(f"{number}.zdict, {len(dictionary)} bytes")
    print(f"share left of people not trained on: {share(dictionary, strangers):.3f}")
    print(f"the same without a dictionary:       {share(None, strangers):.3f}")


if __name__ == "__main__":
    main()
