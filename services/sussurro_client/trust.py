"""Which relay is believed to be the right one: by an authority, or by one certificate."""

import hashlib
import ssl
import string
from dataclasses import dataclass
from pathlib import Path

from sussurro_client.errors import ClientError
from sussurro_client.words import _

_DIGEST_DIGITS = 64


@dataclass(frozen=True, slots=True)
class Trust:
    """How a relay has to prove itself within TLS. There is no way to ask for no proof.

    Without a pin, an authority must have signed the certificate for the host's
    name: one of the file ``authorities``, or of the system where that is None.
    With a ``pin``, the certificate itself must be the one whose SHA-256 over all
    of its DER form that is; its names, dates and signers do not matter then.
    """

    authorities: Path | None = None
    pin: str = ""

    def context(self) -> ssl.SSLContext:
        """Return what a connection is made with; raises ClientError for an unusable file."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        if self.pin:
            # What is verified instead is the certificate as a whole: see `flaw`.
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        elif self.authorities is None:
            context.load_default_certs(ssl.Purpose.SERVER_AUTH)
        else:
            _load(context, self.authorities)
        return context

    def flaw(self, certificate: bytes | None) -> str | None:
        """Return why a certificate (DER), of a handshake that succeeded, is not the pinned one."""
        if not self.pin:
            return None
        found = hashlib.sha256(certificate or b"").hexdigest()
        if found == self.pin:
            return None
        return _("its certificate has the fingerprint {found}").format(found=found)


def parse_pin(text: str) -> str:
    """Return 64 digits in lower case; raises ClientError for what is no SHA-256 fingerprint."""
    digits = text.replace(":", "").strip().lower()
    if len(digits) != _DIGEST_DIGITS or not set(digits) <= set(string.hexdigits):
        raise ClientError(_("must be a SHA-256 fingerprint: 64 digits in hex, colons or not"))
    return digits


def _load(context: ssl.SSLContext, authorities: Path) -> None:
    try:
        with authorities.open("rb") as file:
            file.read(1)
        context.load_verify_locations(authorities)
    except ssl.SSLError:
        raise ClientError(_("must be a file with certificates in PEM form")) from None
    except OSError as error:
        raise ClientError(_("cannot be read: {reason}").format(reason=error.strerror)) from None
