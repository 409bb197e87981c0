"""A web server that misbehaves, for the tests of `data fetch`. Standard library alone.

    python3 bad_server.py FOLDER PORT_FILE LOG [PEM]     serves FOLDER at 127.0.0.1, its port written to PORT_FILE;
                                                         by https with the key and certificate in PEM

/MODE/FILE serves FOLDER/FILE the way MODE says; every request is a line of LOG: path, Range, If-Range, status.
Counts are kept for each path, so MODE-x/FILE and MODE-y/FILE are different servers.
"""

import http.server
import os
import re
import ssl
import sys
import threading
import time

folder, port_file, log_file = sys.argv[1:4]
counts, lock = {}, threading.Lock()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def count(self):
        with lock:
            counts[self.path] = counts.get(self.path, 0) + 1
            return counts[self.path]

    def note(self, status):
        with lock, open(log_file, "a") as log:
            log.write("\t".join([self.path, self.headers.get("Range") or "-", self.headers.get("If-Range") or "-",
                                 str(status)]) + "\n")

    def answer(self, status, headers=()):
        self.note(status)
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()

    def refuse(self, status, headers=()):
        self.answer(status, [("Content-Length", "0"), *headers])

    def start(self, body, etag, use_range=True, check=True, length=None):
        """Where the body begins: headers as an honest server's, but for what is asked otherwise."""
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range") or "")
        same = not check or self.headers.get("If-Range") in (None, etag)
        tags = [("ETag", etag)] if etag else []
        if use_range and asked and same:
            at = int(asked.group(1))
            if at >= len(body):
                self.refuse(416, [("Content-Range", f"bytes */{len(body)}")])
                return None
            self.answer(206, [("Content-Range", f"bytes {at}-{len(body) - 1}/{len(body)}"),
                              ("Content-Length", str(length or len(body) - at)), *tags])
            return at
        self.answer(200, [("Content-Length", str(length or len(body))), *tags])
        return 0

    def send(self, body):
        self.wfile.write(body)
        self.wfile.flush()

    def drop(self):
        self.close_connection = True

    def do_GET(self):
        try:
            self.serve()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def serve(self):
        self.path = re.sub("^http://[^/]*", "", self.path)  # asked as a proxy
        self.path = self.path.split("?")[0]
        mode, name = self.path.lstrip("/").split("/", 1)
        mode = mode.split("-")[0]
        path = os.path.join(folder, os.path.basename(name))
        if mode == "missing" or not os.path.exists(path):
            return self.refuse(404)
        n, body = self.count(), open(path, "rb").read()
        half = len(body) // 2
        handler = getattr(self, "mode_" + mode)
        return handler(n, body, half)

    def mode_ok(self, n, body, half):
        at = self.start(body, '"1"')
        if at is not None:
            self.send(body[at:])

    def mode_drop(self, n, body, half):
        """The first three answers break off."""
        at = self.start(body, '"1"')
        if at is not None:
            self.send(body[at:] if n > 3 else body[at:at + half // 2])
            self.drop()

    def mode_norange(self, n, body, half):
        """Breaks off once, and has never heard of ranges."""
        self.start(body, '"1"', use_range=False)
        self.send(body if n > 1 else body[:half])
        self.drop()

    def mode_unnamed(self, n, body, half):
        """Breaks off once; ranges, but nothing that tells two versions apart."""
        at = self.start(body, None)
        self.send(body[at:] if n > 1 else body[:half])
        self.drop()

    def mode_long(self, n, body, half):
        """Says more than it has, always."""
        asked = self.start(body, '"1"', use_range=False, length=len(body) + 1000)
        self.send(body[asked:])
        self.drop()

    def mode_changed(self, n, body, half):
        """What was there at first is another version."""
        old = bytes(b ^ 255 for b in body)
        at = self.start(old if n == 1 else body, '"old"' if n == 1 else '"new"')
        self.send(old[:half] if n == 1 else body[at:])
        self.drop()

    def mode_rude(self, n, body, half):
        """The same, but If-Range is ignored and nothing says that it is another version."""
        old = bytes(b ^ 255 for b in body)
        at = self.start(old if n == 1 else body, None, check=False)
        self.send(old[:half] if n == 1 else body[at:])
        self.drop()

    def mode_shifted(self, n, body, half):
        """Another range than the one that was asked for."""
        if n == 1 or not self.headers.get("Range"):
            self.start(body, '"1"', use_range=False)
            self.send(body[:half] if n == 1 else body)
        else:
            self.answer(206, [("Content-Range", f"bytes 0-{len(body) - 1}/{len(body)}"), ("ETag", '"1"'),
                              ("Content-Length", str(len(body)))])
            self.send(body)
        self.drop()

    def mode_file(self, n, body, half):
        self.refuse(302, [("Location", "file:///etc/passwd")])

    def mode_circle(self, n, body, half):
        self.refuse(302, [("Location", self.path)])

    def mode_moved(self, n, body, half):
        self.refuse(301, [("Location", self.path.replace("/moved", "/ok"))])

    def mode_flaky(self, n, body, half):
        return self.refuse(500 if n == 1 else 503) if n < 3 else self.mode_ok(n, body, half)

    def mode_broken(self, n, body, half):
        self.refuse(500)

    def mode_stall(self, n, body, half):
        """Falls silent once."""
        at = self.start(body, '"1"')
        if n == 1:
            self.send(body[:half])
            time.sleep(20)
        else:
            self.send(body[at:])
        self.drop()

    def mode_drip(self, n, body, half):
        """A few bytes a second."""
        at = self.start(body, '"1"')
        for i in range(at, len(body)):
            self.send(body[i:i + 1])
            time.sleep(0.2)

    def mode_slow(self, n, body, half):
        """A few hundred kB a second, all of it."""
        at = self.start(body, '"1"')
        if at is not None:
            for i in range(at, len(body), 20000):
                self.send(body[i:i + 20000])
                time.sleep(0.05)

    def mode_wrong(self, n, body, half):
        at = self.start(body, '"1"')
        self.send(bytes(b ^ 1 for b in body)[at:])

    def mode_huge(self, n, body, half):
        self.start(body, '"1"', use_range=False, length=10**15)
        self.send(body[:half])
        self.drop()

    def mode_endless(self, n, body, half):
        self.answer(200, [("Transfer-Encoding", "chunked")])
        while True:
            self.send(b"10000\r\n" + bytes(65536) + b"\r\n")


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass


server = Server(("127.0.0.1", 0), Handler)
if len(sys.argv) > 4:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[4])
    server.socket = context.wrap_socket(server.socket, server_side=True)
with open(port_file + ".tmp", "w") as port:
    port.write(str(server.server_address[1]))
os.rename(port_file + ".tmp", port_file)
server.serve_forever()
