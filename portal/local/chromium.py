"""Which browser of this machine the browser journeys drive."""

import os
import shutil
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HOW_TO_GET_ONE = (
    "No Chromium or Chrome was found, so the browser journeys were skipped. To run them, install one (on "
    "Debian and Ubuntu: apt-get install chromium) or name it: make test CHROMIUM=/path/to/chrome"
)


def find() -> Path | None:
    """The browser that CHROMIUM names, else the first usual name on the PATH; None when there is none.

    Raises FileNotFoundError when CHROMIUM names nothing that can be run: a wrong wish is not no wish.
    """
    wish = os.environ.get("CHROMIUM", "")
    if wish:
        found = shutil.which(wish)
        if found is None:
            raise FileNotFoundError(f"CHROMIUM names {wish}, which cannot be run.")
        return Path(found)
    return next((Path(found) for name in NAMES if (found := shutil.which(name))), None)
