"""The explorer in a real browser: equal to the library on thousands of inputs, and how fast it follows a keystroke.

    python benchmarks/explorer.py [inputs of each task, 1000; 0 measures times alone]

It needs Chromium. Every input is run by the page that `logdepth explore` writes; the page compares outputs, and digests
of the residual stream before and after every block, with those of the library on the same input. An exact answer that
the page computes by other means judges it too, where it knows one.
"""

import json
import sys
import tempfile
from pathlib import Path

import numpy as np

from logdepth import compile_task, make_task
from logdepth.explore import make_explorer
from logdepth.explore.reference import reference
from logdepth.tasks import Graph

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "explore"))
from chromium import Browser  # of the tests, beside this folder

CASES = [
    ("k-hop", {"n": 100, "k": 16}, "float32"),
    ("induction-heads", {"n": 60, "alphabet": "text"}, "float32"),
    ("acausal-k-hop", {"n": 30, "k": 4}, "float32"),
    ("components", {"n": 12}, "float32"),
    ("spanning-forest", {"n": 9, "weights": 20}, "float32"),
    ("reachability", {"n": 7}, "float32"),
    ("1-vs-2-cycle", {"n": 12}, "float32"),
    ("node-degree", {"n": 20}, "float32"),
    ("sort", {"n": 60}, "float32"),
    ("sort", {"n": 60}, "float64"),
    ("prefix-sum", {"n": 100, "high": 9}, "float32"),
    ("prefix-sum", {"n": 100, "high": 9}, "float64"),
    ("2-sum", {"n": 60, "modulus": 1000}, "float32"),
    ("recall", {"n": 20}, "float32"),
    ("language", {"n": 30, "of": "dyck-2"}, "float32"),
    ("k-hop", {"n": 60, "k": 7}, "float64"),
]
AT_ONCE = 100  # inputs in one question to the browser

COMPARE = """(async () => {
  const page = JSON.parse(document.getElementById("data").textContent), { subject } = await $subject.openSubject(page);
  const sums = { numbers: 0, wrong: 0, streams: 0, bits: 0, integers: 0, right: 0, entries: 0 };
  for (const one of GIVEN) {
    const found = subject.compare(one), { data } = subject.run(one.input, { most: 8 });
    for (const name of Object.keys(found)) if (name in sums) sums[name] += found[name];
    if (data.answer && data.answer.right !== null) {
      sums.right += data.answer.right;
      sums.entries += data.answer.entries;
    }
  }
  return sums;
})()"""

KEYSTROKES = """(async () => {
  const area = document.querySelector("textarea"), line = document.querySelector(".verdict-line"), found = [];
  const painted = () => new Promise(done => requestAnimationFrame(() => setTimeout(done)));
  for (const text of GIVEN) {
    const answered = new Promise(done => new MutationObserver((_, seen) => { seen.disconnect(); done(); })
      .observe(line, { childList: true, subtree: true }));
    const started = performance.now();
    area.value = text;
    area.dispatchEvent(new Event("input", { bubbles: true }));
    await answered;
    const answer = performance.now() - started;
    await painted();
    found.push([answer, performance.now() - started]);
    await painted();
  }
  return found;
})()"""


def equal(browser: Browser, page: Path, name: str, size: dict, dtype: str, count: int) -> dict:
    task = make_task(name, size)
    model = compile_task(task, dtype=dtype)
    make_explorer(model).write(page)
    browser.open(page)
    browser.wait("(document.querySelector('.checked') || {}).textContent?.includes('reference inputs')")
    rng = np.random.default_rng(0)
    sums: dict = {}
    for first in range(0, count, AT_ONCE):
        given = []
        for number in range(first, min(first + AT_ONCE, count)):
            instance = task.sample(rng, task.families[number % len(task.families)])
            given.append(reference(model, task.typed(instance), task.encode(instance)))
        for key, value in browser.ask(COMPARE.replace("GIVEN", json.dumps(given))).items():
            sums[key] = sums.get(key, 0) + value
    return sums


def keystrokes(browser: Browser, page: Path, name: str, size: dict, instance, texts: list[str]) -> None:
    task = make_task(name, size)
    make_explorer(compile_task(task), instance).write(page)
    browser.open(page)
    browser.wait("(document.querySelector('.checked') || {}).textContent?.includes('reference inputs')")
    times = np.array(browser.ask(KEYSTROKES.replace("GIVEN", json.dumps(texts))))[len(texts) // 2 :]
    (answer, drawn), (least_answer, least_drawn) = np.median(times, axis=0), times.min(axis=0)
    parameters = " ".join(f"{key}={value}" for key, value in size.items())
    print(
        f"{name} {parameters}, {len(task.typed(instance)) if isinstance(task.typed(instance), str) else instance!r}:"
        f" answer {answer:.0f} ms after a keystroke (at least {least_answer:.0f}), all figures {drawn:.0f} ms"
        f" (at least {least_drawn:.0f}); page {page.stat().st_size:,} bytes",
        flush=True,
    )


def follow(browser: Browser, page: Path) -> None:
    rng = np.random.default_rng(1)
    for n in (100, 500):
        task = make_task("k-hop", n=n, k=16)
        texts = [task.typed(task.sample(rng, "no-equal-neighbours", n)) for _ in range(30)]
        keystrokes(browser, page, "k-hop", {"n": n, "k": 16}, task.instance_of(texts[0]), texts)
    pairs = np.argwhere(np.triu(np.ones((32, 32)), 1)) + 1
    for edges in (60, 496):
        chosen = pairs[rng.permutation(len(pairs))[:edges]]
        texts = ["\n".join(f"{u} {v}" for u, v in np.delete(chosen, edge, axis=0)) for edge in range(20)]
        keystrokes(browser, page, "components", {"n": 32}, Graph(32, chosen), texts)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    browser = Browser()
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "explorer.html"
        follow(browser, page)
        for name, size, dtype in CASES if count else []:
            found = equal(browser, page, name, size, dtype, count)
            parameters = " ".join(f"{key}={value}" for key, value in size.items())
            judged = f"; {found['right']:,} of {found['entries']:,} right" if found["entries"] else ""
            print(
                f"{name} {parameters} {dtype}, {count:,} inputs: {found['wrong']} of {found['numbers']:,} numbers"
                f" differ; of {found['streams']:,} residual streams {found['bits']:,} equal to the last bit,"
                f" {found['integers']:,} as integers{judged}",
                flush=True,
            )
    print(f"errors and requests: {browser.errors() or 'none'}")
    browser.close()


if __name__ == "__main__":
    main()
