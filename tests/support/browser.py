"""A headless Chromium for the tests of pages, where there is one."""

import importlib.util
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
needs_browser = pytest.mark.skipif(
    CHROMIUM is None or importlib.util.find_spec("playwright") is None,
    reason="Chromium (Debian's package chromium) or playwright is missing",
)


@dataclass
class Opened:
    """A page in the browser, and what it said and asked for."""

    page: "Page"
    browser: "Browser"
    said: list[str] = field(default_factory=list)
    """Messages on the console, and errors that nobody caught."""
    asked_for: list[str] = field(default_factory=list)
    """Addresses; of a page that loads nothing, its own alone."""


@contextmanager
def chromium() -> "Iterator[Browser]":
    """The browser. There can be one at a time."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


def opened(browser: "Browser", path: Path) -> Opened:
    """A file in the browser, once it says that it is ready."""
    page = browser.new_page(viewport={"width": 1300, "height": 900}, color_scheme="light")
    found = Opened(page, browser)
    page.on("console", lambda message: found.said.append(message.text))
    page.on("pageerror", lambda error: found.said.append(str(error)))
    page.on("request", lambda request: found.asked_for.append(request.url))
    page.goto(path.resolve().as_uri())
    page.wait_for_selector("html[data-ready=yes]", timeout=60_000)
    return found


def scripted(shown: Opened, expression: str, *arguments: object) -> Any:
    """What a function body of JavaScript returns that knows the page's parts, ``data`` of a picture, and ``given``."""
    names = "const {Hypervolume, Runs, State} = hwbenchReport; const data = (id) => document.getElementById(id).data;"
    return shown.page.evaluate(f"(given) => {{ {names} {expression} }}", [*arguments])


def at_the_start(shown: Opened) -> None:
    """The first problem, nothing selected, the end of the time, the usual reference point and curves."""
    scripted(
        shown,
        "State.set({problem: 0, chosen: new Set(), tick: Infinity, references: new Map(), indicator: 'regret',"
        " against: 'evaluations'})",
    )
    shown.page.keyboard.press("Home")
