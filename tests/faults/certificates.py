"""An authority of our own and TLS servers it vouches for: right, expired, or for another name."""

import ssl
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class Server:
    """A TLS server; `requests` counts what was said to it once the other side had agreed to speak."""

    port: int
    requests: int = 0


@dataclass
class Authority:
    """Signs certificates; `path` is its own, to be trusted."""

    folder: Path
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def path(self) -> str:
        """The file of its certificate."""
        return str(self.folder / "authority.pem")

    @contextmanager
    def serving(self, name: str, *, expired: bool = False) -> Iterator[Server]:
        """A server on this machine with a certificate for this name."""
        key = ec.generate_private_key(ec.SECP256R1())
        found = _signed(name, key, self.key, self.certificate.subject, expired=expired)
        file = self.folder / "server.pem"
        file.write_bytes(_pem(key) + found.public_bytes(serialization.Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        http = HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
        server = Server(http.server_port)

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                server.requests += 1
                self.send_error(404)

            def log_message(self, *_: object) -> None:
                """Nothing."""

        http.RequestHandlerClass = Handler
        http.socket = context.wrap_socket(http.socket, server_side=True)
        http.handle_error = lambda *_: None  # type: ignore[method-assign]
        thread = threading.Thread(target=http.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            http.shutdown()
            http.server_close()


@contextmanager
def authority() -> Iterator[Authority]:
    """One for the length of the block."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "An authority of the bench")])
    found = _signed("", key, key, subject)
    with tempfile.TemporaryDirectory(prefix="tributary-tls-") as folder:
        made = Authority(Path(folder), key, found)
        Path(made.path).write_bytes(found.public_bytes(serialization.Encoding.PEM))
        yield made


def _signed(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    by: ec.EllipticCurvePrivateKey,
    issuer: x509.Name,
    *,
    expired: bool = False,
) -> x509.Certificate:
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().issuer_name(issuer).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=9))
    made = made.not_valid_after(now - timedelta(days=1) if expired else now + timedelta(days=9))
    made = made.add_extension(x509.BasicConstraints(ca=not name, path_length=None), critical=True)
    if not name:
        return made.subject_name(issuer).sign(by, hashes.SHA256())
    made = made.subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    return made.sign(by, hashes.SHA256())


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
