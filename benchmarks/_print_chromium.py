"""Chromium's part of print_run.py: `_print_chromium.py PAGES FROM INTO EXECUTABLE [FLAG ...]`.

Prints every HTML file of a folder, with one browser that stays open and so many pages at work, and
says what the browser used without Python and Node, which only tell it what to do.
"""

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.async_api import Page, async_playwright

from _processes import seconds_below


async def main(
    pages: int, files: Iterator[Path], target: Path, executable: str, flags: list[str]
) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=flags)
        at_work = [work(await browser.new_page(), files, target) for _ in range(pages)]
        await asyncio.gather(*at_work)
        print(seconds_below("chrom"))
        await browser.close()


async def work(page: Page, files: Iterator[Path], target: Path) -> None:
    for file in files:
        await page.goto(file.as_uri())
        await page.pdf(
            path=target / f"{file.stem}.pdf",
            tagged=True,
            outline=True,
            prefer_css_page_size=True,
            print_background=True,
        )


if __name__ == "__main__":
    count, source, into, program, *its_flags = sys.argv[1:]
    pages_to_print = iter(sorted(Path(source).glob("*.html")))
    asyncio.run(main(int(count), pages_to_print, Path(into), program, its_flags))
