"""Pictures of every kind of page at three widths, light and dark, and what a script can find wrong with them.

    python benchmarks/screenshots.py FOLDER [--site build/site] [--only NAME,…]

It needs Chromium. Each page is drawn at 400, 900 and 1,600 pixels in both themes, and a sheet shows the six beside each
other. Printed is what goes wrong: a page wider than the screen, a label that is cut off at the edge of its drawing,
text with too little contrast (WCAG 2.2: 4.5, and 3 for large text), errors on the console, and requests to the network.
With LOGDEPTH_PUBLISHED the trained network is a published checkpoint, else one that has trained for four steps.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from base64 import b64decode
from collections.abc import Callable, Iterator
from pathlib import Path

from PIL import Image

from logdepth.cli import main as logdepth
from logdepth.tasks import shipped_file

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "explore"))
from chromium import Browser  # of the tests, beside this folder

WIDTHS, TALLEST = (400, 900, 1600), 9000
SHEET = 560  # pixels of each picture in a sheet, across
TRAIN = "--n 10 --most-hops 2 --letters 3 --width 16 --depth 1 --heads 2 --batch 4 --steps 4 --warmup 1 --device cpu"
ON_SITE = (
    *("index.html", "tutorial.html", "theory.html", "explorer.html", "explorers.html", "gallery.html", "theorems.html"),
    *("comparisons.html", "commands.html", "search.html", "tasks/components.html", "api/programs.html"),
)

AUDIT = Path(__file__).with_name("screenshots_audit.js").read_text(encoding="utf-8")
READY = (
    "!document.getElementById('explorer')"
    " || document.querySelector('.checked')?.textContent?.includes('reference inputs')"
)


def run(*words: object) -> None:
    status = logdepth([str(word) for word in words])
    assert status in (0, 1), f"{words}: status {status}"


def trained(folder: Path) -> Path:
    """A trained network of k-hop: a published one, if there is one."""
    published = os.environ.get("LOGDEPTH_PUBLISHED")
    return next(at.parent for at in sorted(Path(published).rglob("config.yaml"))) if published else one_layer(folder)


def one_layer(folder: Path) -> Path:
    """A network of one attention layer, which a refuter takes."""
    run("train", "khop-paper", *TRAIN.split(), "--vocabulary", "0", "--out", folder / "trained")
    return folder / "trained"


def text_file(folder: Path) -> Path:
    file = folder / "letters.txt"
    file.write_text("abdcabdacbdbcadbcadcabdb\n")
    return file


def hops(folder: Path) -> Path:
    run("compile", "k-hop", "--n", 24, "--k", 5, "--samples", 30, "--out", folder / "hops")
    return folder / "hops"


def components(folder: Path) -> Path:
    run("compile", "components", "--n", 34, "--edges", 80, "--no-verify", "--out", folder / "cc")
    return folder / "cc"


def compile_page(folder: Path) -> Path:
    return hops(folder) / "report.html"


def run_page(folder: Path) -> Path:
    run("run", components(folder), shipped_file("karate.gml"), "--report", folder / "run.html")
    return folder / "run.html"


def mpc_page(folder: Path) -> Path:
    run("mpc", "k-hop", text_file(folder), "--n", 24, "--k", 5, "--report", folder / "mpc.html")
    return folder / "mpc.html"


def simulate_page(folder: Path) -> Path:
    run("simulate", hops(folder), text_file(folder), "--report", folder / "simulate.html")
    return folder / "simulate.html"


def inspect_page(folder: Path) -> Path:
    run("inspect", trained(folder), "--sequences", 8, "--out", folder / "inspected")
    return folder / "inspected" / "report.html"


def circuit_page(folder: Path) -> Path:
    (folder / "letters.csv").write_text("token\n1\n2\n1\n3\n2\n1\n3\n3\n")
    run("compile", "k-hop", "--n", 8, "--k", 1, "--to", "circuit", "--out", folder / "made.circuit")
    run("run", folder / "made.circuit", folder / "letters.csv", "--report", folder / "circuit.html")
    return folder / "circuit.html"


def refute_page(folder: Path) -> Path:
    run("refute", one_layer(folder), "--report", folder / "refute.html")
    return folder / "refute.html"


def explored(*words: object) -> Callable[[Path], Path]:
    """A page of the explorer: `compile` with these words, or what makes a model."""

    def page(folder: Path) -> Path:
        out = folder / "explorer.html"
        if callable(words[0]):
            run("explore", words[0](folder), "--out", out)
        elif str(words[0]).endswith(".py"):
            run("explore", Path(__file__).parent.parent / "examples" / str(words[0]), "--out", out)
        else:
            run("compile", *words, "--no-verify", "--out", folder / "model")
            run("explore", folder / "model", "--out", out)
        return out

    return page


PAGES: dict[str, Callable[[Path], Path]] = {
    "compile": compile_page,
    "run": run_page,
    "mpc": mpc_page,
    "simulate": simulate_page,
    "inspect": inspect_page,
    "circuit": circuit_page,
    "refute": refute_page,
    "explore-k-hop": explored("k-hop", "--n", 40, "--k", 5),
    "explore-components": explored(components),
    "explore-kin": explored("kin", "--n", 6, "--k", 2, "--relations", 3),
    "explore-sort": explored("sort", "--n", 12, "--high", 30),
    "explore-own": explored("addition.py"),
    "explore-trained": explored(trained),
}


def draw(browser: Browser, page: Path, width: int, dark: bool, picture: Path) -> list[str]:
    """Write a picture of the whole page; what is wrong with it."""
    browser.forget()
    browser.open(page, width=width, dark=dark)
    browser.wait(READY)
    time.sleep(0.3)
    wrong = [str(each) for each in browser.ask(AUDIT)]
    height = min(TALLEST, int(browser.ask("document.documentElement.scrollHeight")))
    browser.call(
        "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
    )
    time.sleep(0.5)
    clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
    picture.write_bytes(b64decode(browser.call("Page.captureScreenshot", format="png", clip=clip)["data"]))
    return wrong + browser.errors()


def sheet(pictures: list[Path], out: Path) -> None:
    """Pictures beside each other, each as wide as the others."""
    images = [Image.open(path).convert("RGB") for path in pictures]
    images = [image.resize((SHEET, round(image.height * SHEET / image.width))) for image in images]
    whole = Image.new("RGB", (len(images) * SHEET, max(image.height for image in images)), "grey")
    for at, image in enumerate(images):
        whole.paste(image, (at * SHEET, 0))
    whole.save(out)


def pages(folder: Path, site: Path | None, only: list[str]) -> Iterator[tuple[str, Path]]:
    for name, make in PAGES.items():
        if not only or name in only:
            (folder / name).mkdir(parents=True, exist_ok=True)
            yield name, make(folder / name)
    for file in ON_SITE if site else ():
        name = f"site-{file.removesuffix('.html').replace('/', '-')}"
        if not only or name in only:
            yield name, (site / file).resolve()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--site", type=Path)
    parser.add_argument("--only", default="")
    given = parser.parse_args()
    browser, many = Browser(), 0
    for name, page in pages(given.folder, given.site, [one for one in given.only.split(",") if one]):
        drawn = []
        for dark in (False, True):
            for width in WIDTHS:
                drawn.append(given.folder / f"{name}-{width}-{'dark' if dark else 'light'}.png")
                for wrong in draw(browser, page.resolve(), width, dark, drawn[-1]):
                    many += 1
                    print(f"{drawn[-1].stem}: {wrong}", flush=True)
        sheet(drawn, given.folder / f"sheet-{name}.png")
    browser.close()
    print(f"{many} things found")


if __name__ == "__main__":
    main()
