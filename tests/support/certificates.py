"""Certificates as an authority would issue them, made on the spot."""

import hashlib
import ipaddress
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

DAY = timedelta(days=1)
NAMES = ("localhost", "127.0.0.1")


@dataclass(frozen=True, slots=True)
class Pair:
    """A certificate and its private key, as files."""

    certificate: Path
    key: Path

    @property
    def der(self) -> bytes:
        """The certificate's DER form."""
        return ssl.PEM_cert_to_DER_cert(self.certificate.read_text())

    @property
    def pin(self) -> str:
        """The certificate's SHA-256 fingerprint."""
        return hashlib.sha256(self.der).hexdigest()

    @property
    def settings(self) -> dict[str, str]:
        """The relay's settings for this pair."""
        return {"RELAY_TLS_CERT": str(self.certificate), "RELAY_TLS_KEY": str(self.key)}


class Authority:
    """Signs certificates; its own is at ``path``."""

    def __init__(self, folder: Path, name: str = "An Authority") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name(name)
        now = datetime.now(UTC)
        certificate = (
            _builder(self._name, self._name, self._key.public_key(), now - DAY, now + DAY)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(self._key, SHA256())
        )
        self.path = folder / "authority.pem"
        self.path.write_bytes(certificate.public_bytes(Encoding.PEM))

    def issue(self, name: str, hosts: tuple[str, ...] = NAMES, *, expired: bool = False) -> Pair:
        """Return a certificate for these hosts, in files called after ``name``."""
        key = ec.generate_private_key(ec.SECP256R1())
        now = datetime.now(UTC)
        until = now - DAY if expired else now + DAY
        certificate = (
            _builder(_name(name), self._name, key.public_key(), now - 2 * DAY, until)
            .add_extension(x509.SubjectAlternativeName([_host(h) for h in hosts]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .sign(self._key, SHA256())
        )
        return _write(self._folder, name, certificate, key)


def self_signed(folder: Path, name: str = "self", hosts: tuple[str, ...] = NAMES) -> Pair:
    """Return a certificate that nobody but its own key has signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC)
    certificate = (
        _builder(_name(name), _name(name), key.public_key(), now - DAY, now + DAY)
        .add_extension(x509.SubjectAlternativeName([_host(h) for h in hosts]), critical=False)
        .sign(key, SHA256())
    )
    return _write(folder, name, certificate, key)


def lock(key: Path) -> None:
    """Put a passphrase on a key file that has none."""
    loaded = ec.generate_private_key(ec.SECP256R1())
    _write_key(key, loaded, BestAvailableEncryption(b"a passphrase"))


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    since: datetime,
    until: datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(until)
    )


def _write(
    folder: Path, name: str, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey
) -> Pair:
    pair = Pair(folder / f"{name}.crt", folder / f"{name}.pem")
    pair.certificate.write_bytes(certificate.public_bytes(Encoding.PEM))
    _write_key(pair.key, key, NoEncryption())
    return pair


def _write_key(
    path: Path, key: ec.EllipticCurvePrivateKey, encryption: KeySerializationEncryption
) -> None:
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption))
    path.chmod(0o600)
