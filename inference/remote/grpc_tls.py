"""TLS for channels of gRPC, by files."""

import ssl
from pathlib import Path

import grpc

from inference.oip.tls import ClientTls


def grpc_channel_credentials(tls: ClientTls) -> grpc.ChannelCredentials:
    """For a channel, with the files as they are now.

    Raises:
        OSError: one cannot be read.
    """
    roots = tls.ca.read_bytes() if tls.ca else system_roots()
    key = tls.key.read_bytes() if tls.key else None
    chain = tls.certificate.read_bytes() if tls.certificate else None
    return grpc.ssl_channel_credentials(roots, key, chain)


def system_roots() -> bytes | None:
    """The authorities that this system believes; None: gRPC's own list is to be used.

    Raises:
        OSError: they cannot be read.
    """
    file = ssl.get_default_verify_paths().cafile
    return Path(file).read_bytes() if file else None
