"""Certificates for tests: an authority of our own, and what it signs."""

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Pair:
    """A certificate and its key, as files (PEM)."""

    certificate: Path
    key: Path


class Authority:
    """Signs certificates, which lie in a folder."""

    def __init__(self, folder: Path, name: str = "authority") -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate = self._builder(self._name, self._key, datetime.now(UTC) + DAY)
        certificate = certificate.add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        self.certificate = folder / f"{name}.pem"
        """Whoever believes it believes what was signed."""
        self.certificate.write_bytes(_pem(certificate.sign(self._key, hashes.SHA256())))

    def sign(
        self, name: str, host: str = "127.0.0.1", *, expired: bool = False, file: str = ""
    ) -> Pair:
        """A pair of this name for a host; `file` names its files, where another is replaced."""
        key = ec.generate_private_key(ec.SECP256R1())
        until = datetime.now(UTC) + (-DAY / 2 if expired else DAY)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        builder = self._builder(subject, key, until)
        try:
            shown: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(host))
        except ValueError:
            shown = x509.DNSName(host)
        builder = builder.add_extension(x509.SubjectAlternativeName([shown]), critical=False)
        pair = Pair(self._folder / f"{file or name}.crt", self._folder / f"{file or name}.key")
        pair.certificate.write_bytes(_pem(builder.sign(self._key, hashes.SHA256())))
        pair.key.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return pair

    def _builder(
        self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, until: datetime
    ) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(until - 2 * DAY)
            .not_valid_after(until)
        )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
