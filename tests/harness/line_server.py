# SPDX-License-Identifier: EUPL-1.2
"""A stand-in for ugod's line door, with real TLS: says what a test tells it to say.

    with LineServer(tls) as server:
        server.answers["me"] = {"account": "a", "role": "astreinte"}
        …
An answer is a result (dict), an Error, a callable(params, connection) giving one of these, or
SILENCE (never answered), CLOSE (the connection is cut instead).
"""

import contextlib
import datetime
import json
import queue
import socket
import ssl
import subprocess
import threading

SILENCE = object()
CLOSE = object()
EPOCH = "9b1e77c04d21"


class Error:
    def __init__(self, code, type_, **data):
        self.body = {"code": code, "message": type_, "data": {"type": type_, **data}}


def instant(seconds_ago=0):
    at = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=seconds_ago)
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


class Certificates:
    """An authority, a server for localhost and 127.0.0.1, a client, a stranger's authority."""

    def __init__(self, folder):
        self.folder = folder
        self._authority("ca")
        self._authority("other-ca")
        self._signed("server", "subjectAltName=DNS:localhost,IP:127.0.0.1")
        self._signed("client", "extendedKeyUsage=clientAuth")

    def path(self, name):
        return str(self.folder / name)

    def _openssl(self, *words):
        subprocess.run(["openssl", *words], cwd=self.folder, check=True, capture_output=True)

    def _authority(self, name):
        self._openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                      "-nodes", "-days", "2", "-subj", f"/CN=test {name}", "-keyout",
                      f"{name}.key", "-out", f"{name}.pem")

    def _signed(self, name, extension):
        (self.folder / f"{name}.ext").write_text(extension + "\n")
        self._openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                      "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.csr")
        self._openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
                      "-CAcreateserial", "-days", "2", "-extfile", f"{name}.ext", "-out",
                      f"{name}.pem")

    def context(self, client_certificate=False):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.path("server.pem"), self.path("server.key"))
        if client_certificate:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(self.path("ca.pem"))
        return context


class Connection:
    def __init__(self, server, stream):
        self.server = server
        self.stream = stream
        self.lock = threading.Lock()

    def say(self, message):
        with contextlib.suppress(OSError), self.lock:
            self.stream.sendall(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")

    def notify(self, method, params):
        self.say({"method": method, "params": params})

    def cut(self):
        with contextlib.suppress(OSError):
            self.stream.shutdown(socket.SHUT_RDWR)


class LineServer:
    def __init__(self, certificates, port=0, client_certificate=False):
        self.context = certificates.context(client_certificate)
        self.answers = {"hello": {"protocol": 1, "account": "a", "role": "astreinte",
                                  "scope": {"territories": [], "establishments": []},
                                  "position": f"{EPOCH}.1"}}
        self.greeting = {"protocol": [1, 1], "server": "stand-in/1", "epoch": EPOCH}
        self.asked = queue.Queue()  # (method, params, connection)
        self.connections = []
        self.listener = socket.create_server(("127.0.0.1", port), reuse_port=True)
        self.port = self.listener.getsockname()[1]
        self.threads = []

    def __enter__(self):
        self._thread(self._accept)
        return self

    def __exit__(self, *_):
        self.stop()

    def _thread(self, function, *arguments):
        thread = threading.Thread(target=function, args=arguments, daemon=True)
        thread.start()
        self.threads.append(thread)

    def stop(self):
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for connection in self.connections:
            connection.cut()
        for thread in self.threads:
            thread.join(10)

    def next(self, method):
        """The next request of this method (waits); others before it are passed over."""
        while True:
            asked = self.asked.get(timeout=30)
            if asked[0] == method:
                return asked[1], asked[2]

    def _accept(self):
        while True:
            try:
                plain, _ = self.listener.accept()
            except OSError:
                return
            self._thread(self._serve, plain)

    def _serve(self, plain):
        plain.settimeout(60)
        try:
            stream = self.context.wrap_socket(plain, server_side=True)
        except OSError:
            plain.close()
            return
        connection = Connection(self, stream)
        self.connections.append(connection)
        with contextlib.suppress(OSError, ValueError), stream:
            connection.notify("hello", {"now": instant(), **self.greeting})
            with stream.makefile("rb") as lines:
                for line in lines:
                    if not self._request(connection, json.loads(line)):
                        connection.cut()
                        return

    def _request(self, connection, message):
        if "method" not in message:
            return True
        method, params = message["method"], message.get("params", {})
        answer = self.answers.get(method, Error(-32601, "unknown_operation"))
        if callable(answer):
            answer = answer(params, connection)
        self.asked.put((method, params, connection))
        if answer is CLOSE:
            return False
        if isinstance(answer, Error):
            connection.say({"id": message["id"], "error": answer.body})
        elif answer is not SILENCE:
            connection.say({"id": message["id"], "result": answer})
        return True
