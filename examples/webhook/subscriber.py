"""The webhook: an HTTP server that takes what a topic posts, and nothing else.

checks the signature            403 where there is none that is good
confirms the subscription       once, when the topic asks
hands each message on           200 when that went well; 500 makes the topic try again
"""

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.request import urlopen

from webhook.signatures import TIMEOUT_S, NotSigned, check_signature, is_of_sns

MOST_BYTES = 1_048_576 + 65_536
"""A message of the largest size, and what is around it."""

Handle = Callable[[dict[str, Any]], None]
"""Does what is to be done about a notification; whatever it raises, the topic is to try again."""


class Webhook:
    """Listens from the start on, in threads of its own, until `close`."""

    def __init__(self, host: str, endpoint: str, topic_arn: str, handle: Handle) -> None:
        """`endpoint` is where SNS answers; messages of other topics than `topic_arn` are turned
        away."""
        self._endpoint = endpoint
        self._topic_arn = topic_arn
        self._handle = handle
        self.confirmed = Event()
        self.turned_away = 0

        class Handler(_Handler):
            webhook = self

        self._server = ThreadingHTTPServer((host, 0), Handler)
        self._thread = Thread(target=self._server.serve_forever, name="webhook", daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}/"

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def receive(self, body: bytes) -> int:
        """The status that answers a post with this body."""
        try:
            document = json.loads(body)
            check_signature(document, self._endpoint)
            if document["TopicArn"] != self._topic_arn:
                raise NotSigned(f"it is of another topic: {document['TopicArn']}")
        except (NotSigned, ValueError, TypeError, AttributeError):
            self.turned_away += 1
            return 403
        if document["Type"] == "SubscriptionConfirmation":
            return self._confirm(document["SubscribeURL"])
        if document["Type"] == "Notification":
            try:
                self._handle(document)
            except Exception:
                # Whatever it was, the message is not done: the topic is to send it again.
                return 500
        return 200

    def _confirm(self, url: str) -> int:
        """Visit the link.  It is signed as all of the document; still, look where it leads."""
        if not is_of_sns(url, self._endpoint):
            return 403
        with urlopen(url, timeout=TIMEOUT_S):
            self.confirmed.set()
        return 200


class _Handler(BaseHTTPRequestHandler):
    webhook: Webhook
    protocol_version = "HTTP/1.1"
    timeout = 60

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", "0"))
        if length > MOST_BYTES:
            self.send_error(413)
            return
        self.send_response(self.webhook.receive(self.rfile.read(length)))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *arguments: Any) -> None:
        """Nothing is printed for each request."""
