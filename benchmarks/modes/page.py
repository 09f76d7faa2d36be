"""The page with 10,000 photos: when the first are seen, and a frame's time while scrolled."""

import argparse
import asyncio
import time
from base64 import b64encode
from contextlib import AsyncExitStack
from statistics import mean
from typing import Final

from playwright.sync_api import Browser, Page, expect, sync_playwright

from benchmarks.bench import Bench
from benchmarks.darkroom import Served, served, start
from benchmarks.statistics import Figures, percentile
from benchmarks.uploads import uploads
from tests.browser.conftest import ARGUMENTS, program
from tests.browser.visit import sign_in

READ_MS: Final = 120_000
"""So long all lists may take."""
SCROLL: Final = """
async () => {
  const frame = () => new Promise((go) => requestAnimationFrame(go));
  window.scrollTo(0, 0);
  for (let number = 0; number < 30; number += 1) await frame();
  const times = [];
  let before = await frame();
  for (let number = 0; number < 600; number += 1) {
    window.scrollBy(0, 60);
    const now = await frame();
    times.push(now - before);
    before = now;
  }
  return times;
}
"""
"""Ten seconds of a steady hand, where a screen is drawn 60 times in each."""
PLAIN: Final = """
async ([picture, count]) => {
  document.body.innerHTML = `<style>ul { display: grid; list-style: none; gap: 8px; padding: 0;
    grid-template-columns: repeat(auto-fill, 120px) }
    img { width: 120px; height: 120px; object-fit: cover }
    p { margin: 0; height: 44px }</style>`;
  const blob = await (await fetch(picture)).blob();
  const list = document.createElement("ul");
  for (let number = 0; number < count; number += 1) {
    const item = document.createElement("li");
    const photo = document.createElement("img");
    // An address of its own, as every photo has.
    photo.src = URL.createObjectURL(blob);
    const name = document.createElement("p");
    name.textContent = `photo-${number}.jpg`;
    item.append(photo, name);
    list.append(item);
  }
  document.body.append(list);
}
"""
"""What a page would be that makes all of them at once."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The mode's own arguments."""
    parser.add_argument("--photos", type=int, default=10_000)


async def measure(bench: Bench, arguments: argparse.Namespace) -> None:
    """Visits each database's Darkroom, and the plain list beside it."""
    for database in bench.databases:
        with served(database) as darkroom:
            async with AsyncExitStack() as stack:
                await (await uploads(darkroom, stack)).call(1)()
            darkroom.darkroom.stop()
            darkroom.inside("results", str(arguments.photos - 1))
            again = start(darkroom.darkroom, darkroom.database)
            for _ in range(bench.plan.runs):
                await asyncio.to_thread(_visits, bench, again, arguments.photos)
    bench.show_figures("page")


def _visits(bench: Bench, darkroom: Served, count: int) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program(), args=list(ARGUMENTS))
        bench.results.add("page", darkroom.name, _visit(browser, darkroom))
        bench.results.add("page", "plain list", _plain(browser, darkroom, count))
        browser.close()


def _visit(browser: Browser, darkroom: Served) -> Figures:
    page = browser.new_page()
    began = time.monotonic()
    sign_in(page, darkroom.url, "benchmark", "enlarger-42")
    expect(page.get_by_test_id("thumbnail").first).to_have_js_property("complete", value=True)
    first = time.monotonic() - began
    page.keyboard.press("End")
    older = page.get_by_role("button", name="Show older photos")
    expect(older).to_be_hidden(timeout=READ_MS)
    return {
        "first_photo_seconds": first,
        "end_seconds": time.monotonic() - began,
        "elements": page.evaluate("document.querySelectorAll('*').length"),
        **_scrolled(page),
    }


def _plain(browser: Browser, darkroom: Served, count: int) -> Figures:
    http = darkroom.account.person.http
    darkroom.account.token()
    address = http.get("/api/images/?page_size=1").json()["results"][0]["thumbnail"]
    picture = http.get(address)
    kind = picture.headers["Content-Type"]
    page = browser.new_page()
    page.evaluate(PLAIN, [f"data:{kind};base64,{b64encode(picture.content).decode()}", count])
    return _scrolled(page)


def _scrolled(page: Page) -> Figures:
    times = page.evaluate(SCROLL)
    page.close()
    return {"frame_ms": mean(times), "frame_p95_ms": percentile(times, 0.95)}
