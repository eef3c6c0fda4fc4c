"""The relay's certificate: read, checked, and read again while the relay runs."""

import ssl
from pathlib import Path

# The label in the figures of a connection that was ended because TLS failed; no word of the wire.
REFUSAL = "tls"

_CERTIFICATE, _KEY = "RELAY_TLS_CERT", "RELAY_TLS_KEY"
_STRANGERS = frozenset({"KEY_VALUES_MISMATCH", "KEY_TYPE_MISMATCH"})
_TOO_WEAK = frozenset({"EE_KEY_TOO_SMALL", "CA_KEY_TOO_SMALL", "CA_MD_TOO_WEAK"})


class TlsError(Exception):
    """The certificate or its key is of no use; the text is a sentence that names the setting."""


class Certificate:
    """What the relay proves itself with. The main thread reloads it, any thread reads it."""

    def __init__(self, certificate: Path, key: Path) -> None:
        """Read both files; raises TlsError."""
        self._certificate = certificate
        self._key = key
        # Replaced as a whole: a connection keeps the context that it began with.
        self.context = _make_context(certificate, key)

    def reload(self) -> None:
        """Take what the files hold now for connections to come.

        Raises TlsError, and then nothing changes.
        """
        self.context = _make_context(self._certificate, self._key)


def open_certificate(certificate: Path | None, key: Path | None) -> Certificate | None:
    """Return the certificate, or None where TLS is not asked for; raises TlsError."""
    if certificate is None and key is None:
        return None
    if certificate is None:
        raise TlsError(f"{_CERTIFICATE}: is missing, while {_KEY} is set; set both or neither.")
    if key is None:
        raise TlsError(f"{_KEY}: is missing, while {_CERTIFICATE} is set; set both or neither.")
    return Certificate(certificate, key)


def _make_context(certificate: Path, key: Path) -> ssl.SSLContext:
    _check_readable(_CERTIFICATE, certificate)
    _check_readable(_KEY, key)
    _check_certificate(certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    # No resumption: a ticket would save little, and its key would open recorded connections.
    context.num_tickets = 0
    try:
        context.load_cert_chain(certificate, key, password=_refuse_locked_key)
    except ssl.SSLError as error:
        raise TlsError(_describe(error)) from None
    except OSError as error:  # it went away, or was closed to us, since it was looked at
        raise TlsError(f"{_KEY}: cannot be read: {error.strerror}.") from None
    return context


def _check_readable(setting: str, path: Path) -> None:
    try:
        with path.open("rb") as file:
            file.read(1)
    except OSError as error:
        raise TlsError(f"{setting}: cannot be read: {error.strerror}.") from None


def _check_certificate(path: Path) -> None:
    """See whether a certificate is there; loading the pair would not say which of the two is bad."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_verify_locations(path)
    except (ssl.SSLError, OSError):
        raise TlsError(f"{_CERTIFICATE}: holds no certificate in PEM form.") from None


def _refuse_locked_key() -> str:
    raise TlsError(f"{_KEY}: is locked with a passphrase; store the key without one.")


def _describe(error: ssl.SSLError) -> str:
    if error.reason in _STRANGERS:
        return f"{_KEY}: does not belong to the certificate in {_CERTIFICATE}."
    if error.reason in _TOO_WEAK:
        return f"{_CERTIFICATE}: is too weak; make one with a longer key or a newer digest."
    return f"{_KEY}: holds no private key in PEM form."
