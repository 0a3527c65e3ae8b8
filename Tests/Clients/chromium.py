"""A real Chromium: the variable CHROMIUM names the program, else the usual names are looked for."""

import os
import shutil
import unittest

NAMES = ["chromium", "chromium-browser", "google-chrome"]
PROGRAM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
try:
    from playwright.sync_api import sync_playwright
except ImportError:
    PROGRAM = None
SKIPPED = unittest.skipUnless(PROGRAM, "no Chromium: set CHROMIUM or install the package")


def launched(test):
    """A browser that ends with the class of tests."""
    playwright = sync_playwright().start()
    test.addClassCleanup(playwright.stop)
    browser = playwright.chromium.launch(executable_path=PROGRAM, args=["--no-sandbox"])
    test.addClassCleanup(browser.close)
    return browser
