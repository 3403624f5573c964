"""A browser for tests: Chromium without a window, led over a pipe, so that nothing listens on a port."""

from __future__ import annotations

import itertools
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest

PROGRAM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
needs_chromium = pytest.mark.skipif(PROGRAM is None, reason="needs Chromium, which runs the page")
PATIENCE = 60  # seconds for what should happen at once


class Browser:
    """One tab. Errors of its pages and the addresses that they ask for are kept until `forget`."""

    def __init__(self) -> None:
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        to_browser, self.write = os.pipe()
        self.read, from_browser = os.pipe()

        def hand_over() -> None:  # Chromium reads descriptor 3 and writes 4
            os.dup2(os.dup(to_browser), 3), os.dup2(os.dup(from_browser), 4)

        options = ["--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", "--disable-extensions"]
        self.process = subprocess.Popen(
            [str(PROGRAM), *options, f"--user-data-dir={self.folder.name}"],
            preexec_fn=hand_over,
            close_fds=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_browser), os.close(from_browser)
        self.numbers, self.unread, self.events = itertools.count(1), b"", []
        self.session: str | None = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        number = next(self.numbers)
        message = {"id": number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.write, json.dumps(message).encode() + b"\0")
        while True:
            found = self.receive()
            if found.get("id") == number:
                assert "error" not in found, found
                return found["result"]
            self.events.append(found)

    def receive(self) -> dict[str, Any]:
        while b"\0" not in self.unread:
            ready, _, _ = select.select([self.read], [], [], 2 * PATIENCE)
            assert ready, "Chromium does not answer"
            came = os.read(self.read, 1 << 20)
            assert came, "Chromium has ended"
            self.unread += came
        message, self.unread = self.unread.split(b"\0", 1)
        return json.loads(message)

    # --- pages ---

    def open(self, page: Path, address: str = "", width: int = 1200, dark: bool = False) -> None:
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 600
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])
        self.call("Page.navigate", url="about:blank")
        self.call("Page.navigate", url=f"{page.as_uri()}{address}")
        self.wait(f"document.readyState === 'complete' && location.protocol === {json.dumps('file:')}")

    def ask(self, expression: str) -> Any:
        """The value of an expression in the page; of a promise, what it gives."""
        found = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def wait(self, condition: str) -> Any:
        """Until an expression is true; what it is then."""
        end = time.monotonic() + PATIENCE
        while not (found := self.ask(condition)):
            assert time.monotonic() < end, f"never: {condition}"
            time.sleep(0.02)
        return found

    def text(self, selector: str) -> str:
        return self.ask(f"document.querySelector({json.dumps(selector)}).innerText")

    # --- hands ---

    def middle(self, selector: str, at: int = 0) -> tuple[float, float]:
        """Where an element is, once it has come into view and is drawn there."""
        found = self.ask(
            f"(async () => {{ const node = document.querySelectorAll({json.dumps(selector)})[{at}];"
            " node.scrollIntoView({ block: 'center' });"
            " for (let i = 0; i < 2; i++) await new Promise(done => requestAnimationFrame(() => setTimeout(done)));"
            " const box = node.getBoundingClientRect();"
            " return [box.x + box.width / 2, box.y + box.height / 2]; })()"
        )
        return found[0], found[1]

    def mouse(self, kind: str, x: float, y: float, held: bool = False) -> None:
        button = {"button": "left", "buttons": 1, "clickCount": 1} if held else {}
        self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, pointerType="mouse", **button)

    def point(self, x: float, y: float) -> None:
        self.mouse("mouseMoved", x, y)

    def click(self, x: float, y: float) -> None:
        self.drag((x, y))

    def drag(self, *places: tuple[float, float]) -> None:
        """From the first place over all others to the last."""
        self.mouse("mouseMoved", *places[0])
        self.mouse("mousePressed", *places[0], held=True)
        for place in places[1:]:
            self.mouse("mouseMoved", *place, held=True)
        self.mouse("mouseReleased", *places[-1], held=True)

    def press(self, *keys: str, shift: bool = False) -> None:
        for key in keys:
            about = {
                "key": key,
                "code": key,
                "modifiers": 8 if shift else 0,
                **({"text": key} if len(key) == 1 else {}),
            }
            codes = {"Tab": 9, "Enter": 13, "Delete": 46, "Backspace": 8, "ArrowLeft": 37, "ArrowRight": 39}
            self.call("Input.dispatchKeyEvent", type="keyDown", windowsVirtualKeyCode=codes.get(key, 0), **about)
            self.call("Input.dispatchKeyEvent", type="keyUp", **about)

    def write_over(self, selector: str, text: str) -> None:
        """Take the field, choose all that is in it, and type."""
        node = f"document.querySelector({json.dumps(selector)})"
        self.ask(f"{node}.focus(), {node}.select()")
        self.call("Input.insertText", text=text)

    def paste_over(self, selector: str, text: str) -> None:
        """The same with a text of any size: Chromium types every line by itself, which takes minutes for thousands."""
        node = f"document.querySelector({json.dumps(selector)})"
        self.ask(
            f"void ({node}.focus(), {node}.value = {json.dumps(text)},"
            f" {node}.dispatchEvent(new InputEvent('input', {{ bubbles: true, inputType: 'insertFromPaste' }})))"
        )

    # --- what went wrong ---

    def errors(self) -> list[str]:
        """Uncaught errors, errors on the console, and every address beyond the page itself."""
        found = []
        for event in self.events:
            about = event.get("params", {})
            match event.get("method"):
                case "Runtime.exceptionThrown":
                    found.append(str(about["exceptionDetails"]))
                case "Log.entryAdded" if about["entry"]["level"] == "error":
                    found.append(about["entry"]["text"])
                case "Runtime.consoleAPICalled" if about["type"] in ("error", "warning"):
                    found.append(str(about["args"]))
                case "Network.requestWillBeSent":
                    address = about["request"]["url"]
                    if not address.startswith(("file:///", "data:", "blob:", "about:")):
                        found.append(f"asked for {address}")
        return found

    def forget(self) -> None:
        self.events.clear()

    def close(self) -> None:
        self.process.terminate()
        self.process.wait()
        os.close(self.write), os.close(self.read)
        self.folder.cleanup()
