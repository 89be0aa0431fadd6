"""An OpenID Connect issuer on loopback: its configuration, its keys, and tokens that it signs."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

AUDIENCE = "tidegate-tests"


class Issuer:
    """Serves what a verifier asks for, until it is closed."""

    def __init__(self) -> None:
        self.rsa = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.ec = ec.generate_private_key(ec.SECP256R1())
        self.asked: Counter[str] = Counter()
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                issuer.asked[self.path] += 1
                body = json.dumps(issuer.document(self.path)).encode()
                self.send_response(200 if body != b"null" else 404)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Nothing: the output of the tests is theirs."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self._server.server_port}"
        self.url = f"http://{self.host}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def document(self, path: str) -> dict[str, Any] | None:
        if path == "/.well-known/openid-configuration":
            return {
                "issuer": self.url,
                "jwks_uri": f"{self.url}/keys",
                "response_types_supported": ["id_token"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256", "ES256"],
            }
        return {"keys": [self._public(kind) for kind in ("rsa", "ec")]} if path == "/keys" else None

    def token(self, algorithm: str = "RS256", *, key: Any = None, **claims: Any) -> str:
        """An ID token; a claim of None is left out."""
        now = int(time.time())
        all_claims = {
            "iss": self.url,
            "sub": "subject-1",
            "aud": AUDIENCE,
            "iat": now,
            "exp": now + 600,
            **claims,
        }
        kind = "ec" if algorithm.startswith("ES") else "rsa"
        return jwt.encode(
            {name: value for name, value in all_claims.items() if value is not None},
            getattr(self, kind) if key is None else key,
            algorithm=algorithm,
            headers={"kid": kind},
        )

    def _public(self, kind: str) -> dict[str, Any]:
        converter = RSAAlgorithm if kind == "rsa" else ECAlgorithm
        public = getattr(self, kind).public_key()
        return {**converter.to_jwk(public, as_dict=True), "kid": kind, "use": "sig"}
