"""A small OpenAI-compatible server for tests: a tiny language model that really computes what it says, and every way to
misbehave that real servers have.

The model: the log-probability of a token (a word with the space before it) follows from a hash of it and of the word
before. So a test can compute every score by itself, and a reply depends on what it should depend on alone.
"""

import contextlib
import hashlib
import http.server
import json
import re
import ssl
import threading
import time


def tokens(text):
    """Words with the space before them."""
    return re.findall(r"\s*\S+|\s+$", text)


def log_probability(before, token):
    digest = hashlib.sha256(f"{before.strip()}|{token.strip()}".encode()).digest()
    return -int.from_bytes(digest[:4], "big") / 2**32 * 5


def choose(text, count, seed):
    digest = hashlib.sha256(f"{text}|{seed}".encode()).digest()
    return int.from_bytes(digest[:4], "big") % count


class LanguageServer:
    """Use as a context manager; `base` is its address.

    `faults`: takes the number of the request (from 0) and its body, and returns None or one of: an int (a status), a tuple
    (status, headers), "cut", "close", "no json", "not http", "hang", or a dict that replaces fields of the reply's choice.
    `reply`: makes the text of a chat's reply; by default an action line with one of the numbers in the prompt's list.
    `ignores`: request fields that the server does not know, such as "echo" or "response_format". `certificate`: a file with
    a certificate and its key, with which it speaks https.
    """

    def __init__(
        self, *, faults=None, reply=None, ignores=(), models=("tiny",), key=None, delay=None, certificate=None
    ):
        self.faults = faults or (lambda number, body: None)
        self.reply = reply or action_line
        self.ignores = set(ignores)
        self.models = models
        self.key = key
        self.delay = delay or (lambda number: 0)
        self.certificate = certificate
        self.requests = []
        self.times = []
        self.in_flight = 0
        self.most_in_flight = 0
        self.lock = threading.Lock()
        self.port = 0
        self.released = threading.Event()

    @property
    def base(self):
        return f"{'https' if self.certificate else 'http'}://127.0.0.1:{self.port}/v1"

    def policy(self, **options):
        options = {"model": "tiny", **options}
        return f"llm:{self.base}?" + "&".join(f"{name}={value}" for name, value in options.items())

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.released.set()
        self.stop()

    def start(self):
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                outer.get(self)

            def do_POST(self):
                outer.post(self)

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            allow_reuse_address = True
            request_queue_size = 64

            def handle_error(self, *_):
                pass  # a client that went away

        self.server = Server(("127.0.0.1", self.port), Handler)
        self.port = self.server.server_address[1]
        if self.certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.certificate)
            self.server.socket = context.wrap_socket(
                self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    # MARK: Requests

    def is_allowed(self, handler):
        if self.key is None or handler.headers.get("Authorization") == f"Bearer {self.key}":
            return True
        said = handler.headers.get("Authorization", "")
        send(handler, 401, {"error": {"message": f"bad key: {said}"}})
        return False

    def get(self, handler):
        if not self.is_allowed(handler):
            return
        if handler.path != "/v1/models":
            send(handler, 404, {"error": {"message": "not found"}})
            return
        send(handler, 200, {"data": [{"id": name, "object": "model", "owned_by": "tests"} for name in self.models]})

    def post(self, handler):
        body = json.loads(handler.rfile.read(int(handler.headers["Content-Length"])))
        if not self.is_allowed(handler):
            return
        with self.lock:
            number = len(self.requests)
            self.requests.append((handler.path, body))
            self.times.append(time.monotonic())
            self.in_flight += 1
            self.most_in_flight = max(self.most_in_flight, self.in_flight)
        time.sleep(self.delay(number))
        # Before the reply: whoever has it may ask again at once.
        with self.lock:
            self.in_flight -= 1
        self.answer(handler, number, body)

    def answer(self, handler, number, body):
        fault = self.faults(number, body)
        if isinstance(fault, int):
            fault = (fault, {})
        if isinstance(fault, tuple):
            send(handler, fault[0], {"error": {"message": f"fault of request {number}"}}, fault[1])
            return
        if fault == "hang":
            self.released.wait(60)
            return
        if fault == "close":
            handler.close_connection = True
            return
        if fault == "no json":
            raw(handler, b"<html>Bad gateway</html>", "text/html")
            return
        if fault == "not http":
            handler.wfile.write(b"\x00\x01nonsense\r\n\r\n")
            handler.close_connection = True
            return
        if body.get("model") not in self.models:
            send(handler, 404, {"error": {"message": f"no model {body.get('model')}"}})
            return
        reply = self.completion(body) if handler.path.endswith("/v1/completions") else self.chat(body)
        if isinstance(fault, dict):
            reply["choices"][0].update(fault)
        if fault == "cut":
            data = json.dumps(reply).encode()
            handler.send_response(200)
            handler.send_header("Content-Length", str(len(data)))
            handler.end_headers()
            handler.wfile.write(data[: len(data) // 2])
            handler.close_connection = True
            return
        send(handler, 200, reply)

    def chat(self, body):
        text = "\n".join(message["content"] for message in body["messages"])
        form = None if "response_format" in self.ignores else body.get("response_format")
        if form:
            choices = form["json_schema"]["schema"]["properties"]["action"]["enum"]
            reply = json.dumps({"action": choices[choose(text, len(choices), body["seed"])]})
        else:
            reply = self.reply(text, body)
        return {
            "choices": [{"index": 0, "message": {"role": "assistant", "content": reply}, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": len(tokens(text)), "completion_tokens": len(tokens(reply))},
        }

    def completion(self, body):
        choices = []
        used = 0
        for index, prompt in enumerate(body["prompt"]):
            words = tokens(prompt)
            used += len(words)
            offsets, place = [], 0
            for word in words:
                offsets.append(place)
                place += len(word)
            values = [None] + [log_probability(words[i - 1], words[i]) for i in range(1, len(words))]
            # One more token, as it was asked for.
            choice = {"index": index, "text": prompt + " so", "finish_reason": "length"}
            choice["logprobs"] = {
                "tokens": words + [" so"],
                "token_logprobs": values + [-1.0],
                "text_offset": offsets + [place],
            }
            if "echo" in self.ignores:
                choice["text"] = " so"
                choice["logprobs"] = {"tokens": [" so"], "token_logprobs": [-1.0], "text_offset": [0]}
            choices.append(choice)
        return {"choices": choices, "usage": {"prompt_tokens": used, "completion_tokens": len(choices)}}


def action_line(text, body):
    """Chooses among the numbers of the prompt's list."""
    return f"I think.\nAction: {choose(text, 10**6, body['seed']) % max(1, count_actions(text))}"


def count_actions(text):
    return len(re.findall(r"^\d+ ", text.split("You can:")[-1], re.MULTILINE))


def send(handler, status, content, headers=None):
    data = json.dumps(content).encode()
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(data)))
    for name, value in (headers or {}).items():
        handler.send_header(name, value)
    handler.end_headers()
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        handler.wfile.write(data)


def raw(handler, data, kind):
    handler.send_response(200)
    handler.send_header("Content-Type", kind)
    handler.send_header("Content-Length", str(len(data)))
    handler.end_headers()
    handler.wfile.write(data)
