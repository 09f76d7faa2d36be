"""TLS for gRPC's server, by files; replaced files are taken up."""

from typing import Any

import grpc

from inference.oip.tls import Renewed, ServerTls, context_of


def grpc_server_credentials(tls: ServerTls) -> grpc.ServerCredentials:
    """For a port: each handshake has the files as they are then.

    Raises:
        OSError, ValueError: they cannot be used.
    """

    def make() -> grpc.ServerCertificateConfiguration:
        # gRPC's library would take what cannot be used, and fail at each handshake.
        context_of(tls)
        pair = (tls.key.read_bytes(), tls.certificate.read_bytes())
        authorities = tls.client_ca.read_bytes() if tls.client_ca else None
        return grpc.ssl_server_certificate_configuration([pair], authorities)

    renewed = Renewed(tls.files, make)

    def newer() -> Any:
        """None: those of the last handshake."""
        return renewed.current if renewed.renew() else None

    return grpc.dynamic_ssl_server_credentials(
        renewed.current, newer, require_client_authentication=tls.client_ca is not None
    )
