"""What the sandbox's own process takes while it collects and serves a big chart, page by page.

python -m tests.bench.sandbox_memory [RESOURCES]
"""

import re
import sys
from collections.abc import Iterator
from typing import NamedTuple

import psutil

from tests.sandbox_process import Member, Sandbox, start_sandbox

BIG_CHART = 4796
LIMIT = 600_000_000  # bytes of the whole process with a chart of 50,000
_NEXT = re.compile(rb'"relation":"next","url":"([^"]+)"')


class Measured(NamedTuple):
    """Bytes resident when it listened and at most afterwards; resources and bytes of JSON it served."""

    before: int
    peak: int
    resources: int
    served: int


def measure(resources: int) -> Measured:
    """Start a sandbox, let somebody connect a chart of this size, and read all of it, a hundred at a time."""
    with start_sandbox(big=resources, systems=300) as sandbox:
        process = psutil.Process(sandbox.process.pid)
        before = peak = process.memory_info().rss
        member = sandbox.member()
        sandbox.connect(member, BIG_CHART, "Rosa")
        count = served = 0
        for page in _pages(sandbox, member):
            peak = max(peak, process.memory_info().rss)
            count, served = count + page.count(b'"fullUrl":'), served + len(page)
        return Measured(before, peak, count, served)


def _pages(sandbox: Sandbox, member: Member) -> Iterator[bytes]:
    """Every page of the one chart this user has."""
    found = sandbox.http.get(f"{sandbox.api}/r4/Patient", headers=member.bearer).json()
    patient = found["entry"][0]["resource"]["id"]
    address = f"{sandbox.api}/r4/Patient/{patient}/$everything?_count=100"
    while address:
        page = sandbox.http.get(address, headers=member.bearer).content
        yield page
        following = _NEXT.search(page[:2000])
        address = following[1].decode() if following else ""


def main(resources: int = 50_000) -> None:
    """Print the figures, and end with an error above the limit."""
    found = measure(resources)
    print(
        f"  sandbox with a chart of {found.resources:,} resources, {found.served / 1e6:.0f} MB served:"
        f" {found.before / 1e6:.0f} MB before, {found.peak / 1e6:.0f} MB at its peak,"
        f" {LIMIT / 1e6:.0f} allowed"
    )
    if found.resources != resources or found.peak > LIMIT:
        sys.exit("  that is not as it should be")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
