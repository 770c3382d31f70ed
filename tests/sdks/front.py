"""A server in front of the API that writes down what is sent, and misbehaves when it is told to."""

import http.client
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

HANG_SECONDS = 6


class Front:
    """Passes each request on, unless `script` has an answer for it; `heard` is what came."""

    def __init__(self, target):
        self.target = urlsplit(target).netloc
        self.script, self.heard = [], []
        front = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one_request(self):
                try:
                    super().handle_one_request()
                except ConnectionError:
                    self.close_connection = True

            def do_GET(self):
                front.take(self)

            do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815

            def log_message(self, *_told):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def expect(self, script):
        self.script, self.heard = list(script), []

    def take(self, handler):
        size = int(handler.headers.get("Content-Length") or 0)
        body = handler.rfile.read(size)
        headers = {name.lower(): value for name, value in handler.headers.items()}
        told = {"method": handler.command, "path": handler.path, "headers": headers, "raw": body}
        self.heard.append(told)
        wish = self.script.pop(0) if self.script else "pass"
        if wish == "hang":
            time.sleep(HANG_SECONDS)
        if wish in ("hang", "reset"):
            handler.close_connection = True
            handler.connection.close()
        elif wish == "pass":
            self.answer(handler, *self.ask(handler, body))
        else:
            body = wish.get("body", "")
            raw = body if isinstance(body, str) else json.dumps(body)
            self.answer(handler, wish["status"], wish.get("headers", {}), raw.encode())

    def ask(self, handler, body):
        connection = http.client.HTTPConnection(self.target, timeout=30)
        try:
            sent = {name: value for name, value in handler.headers.items() if name != "Host"}
            connection.request(handler.command, handler.path, body or None, sent)
            reply = connection.getresponse()
            return reply.status, dict(reply.getheaders()), reply.read()
        finally:
            connection.close()

    def answer(self, handler, status, headers, raw):
        handler.send_response_only(status)
        for name, value in headers.items():
            if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                handler.send_header(name, value)
        if status != 204:
            handler.send_header("Content-Length", str(len(raw)))
        handler.end_headers()
        if status != 204:
            handler.wfile.write(raw)
