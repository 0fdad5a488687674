"""`python -m tests.chromium`: see that there is a Chromium to test with, installing Debian's where that is possible."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = "The browser tests need Chromium or Chrome: install one (on Debian `apt-get install chromium`)."
INSTALL = ("apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-liberation")
SECONDS_MAX = 600


def find() -> str | None:
    """The path of an installed Chromium or Chrome."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def main() -> None:
    """Install Debian's Chromium if there is none and this user may; say so in one sentence otherwise."""
    if find() is None and shutil.which("apt-get") and os.geteuid() == 0:
        print("Installing Chromium (once) …", flush=True)
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (("apt-get", "update", "-qq"), INSTALL):
            subprocess.run(command, env=quiet, stdout=subprocess.DEVNULL, timeout=SECONDS_MAX, check=False)
    if find() is None:
        sys.exit(MISSING)


if __name__ == "__main__":
    main()
