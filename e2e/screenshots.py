"""Drives a headless chromium over its debugging port and takes the pictures that screenshots.sh asks for.

Reads lines `path name width height scheme` from standard input; needs nothing but Python's own library.
"""

import base64
import json
import os
import socket
import struct
import sys
import time
import urllib.request


class Browser:
    """One page of a browser, driven through its debugging protocol."""

    def __init__(self, port):
        for _ in range(100):
            try:
                pages = json.load(urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list", timeout=2))
                page = next(page for page in pages if page["type"] == "page")
                break
            except (OSError, StopIteration):
                time.sleep(0.1)
        else:
            sys.exit("the browser did not start")
        path = page["webSocketDebuggerUrl"].split(f":{port}", 1)[1]
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        self.stream = self.socket.makefile("rb")
        while self.stream.readline().strip():
            pass
        self.calls = 0
        self.events = []

    def read(self):
        text = b""
        while True:
            first, second = self.stream.read(2)
            length = second & 0x7F
            if length == 126:
                length = struct.unpack(">H", self.stream.read(2))[0]
            elif length == 127:
                length = struct.unpack(">Q", self.stream.read(8))[0]
            text += self.stream.read(length)
            if first & 0x80:
                return json.loads(text)

    def call(self, method, **parameters):
        self.calls += 1
        text = json.dumps({"id": self.calls, "method": method, "params": parameters}).encode()
        mask = os.urandom(4)
        size = len(text)
        head = struct.pack(">BB", 0x81, 0x80 | size) if size < 126 else struct.pack(">BBH", 0x81, 0x80 | 126, size)
        self.socket.sendall(head + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(text)))
        while True:
            answer = self.read()
            if answer.get("id") == self.calls:
                return answer.get("result", {})
            self.events.append(answer.get("method"))

    def wait(self, event):
        while event not in self.events:
            self.events.append(self.read().get("method"))


def main():
    port, base, folder = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    browser = Browser(port)
    browser.call("Page.enable")
    wide = []
    for line in sys.stdin:
        path, name, width, height, scheme = line.rstrip("\n").split("\t")
        media = "print" if scheme == "print" else "screen"
        features = [{"name": "prefers-color-scheme", "value": "dark" if scheme == "dark" else "light"}]
        browser.call("Emulation.setEmulatedMedia", media=media, features=features)
        browser.call(
            "Emulation.setDeviceMetricsOverride", width=int(width), height=int(height), deviceScaleFactor=1, mobile=False
        )
        browser.events.clear()
        browser.call("Page.navigate", url=base + path)
        browser.wait("Page.loadEventFired")
        size = browser.call("Page.getLayoutMetrics")["cssContentSize"]
        if size["width"] > int(width):
            wide.append(f"{path} is {size['width']} wide on a screen of {width}")
        shot = browser.call("Page.captureScreenshot", format="png", captureBeyondViewport=False)
        with open(os.path.join(folder, name + ".png"), "wb") as file:
            file.write(base64.b64decode(shot["data"]))
    for finding in wide:
        print(finding, file=sys.stderr)
    browser.call("Browser.close")
    sys.exit(1 if wide else 0)


main()
