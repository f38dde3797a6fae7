"""What axe finds on a page.

The library's own way brings every rule's whole result over to Python, which takes longer than the rules do.
"""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_SCRIPT: str = Axe().axe_script
_RUN = """
async () => (await axe.run({resultTypes: ["violations"]})).violations
    .filter(each => ["serious", "critical"].includes(each.impact))
    .map(each => [each.id, String(each.nodes[0].target)])
"""


def serious(page: Page) -> list[str]:
    """What axe calls serious or critical on the page as it stands: each rule with the first place."""
    page.evaluate(_SCRIPT)
    found: list[Any] = page.evaluate(_RUN)
    return [f"{rule} {where}" for rule, where in found]
