"""TLS between web and workers, as the settings have it."""

from django.conf import settings

from inference.oip.tls import ClientTls, ServerTls


def server_tls() -> ServerTls | None:
    """For a worker's ports; None: they are not encrypted."""
    certificate, key = settings.OIP_TLS_CERTIFICATE, settings.OIP_TLS_KEY
    if certificate is None or key is None:
        return None
    return ServerTls(certificate, key, settings.OIP_TLS_CLIENT_CA)


def client_tls() -> ClientTls | None:
    """For calls to workers; None: they are not encrypted."""
    certificate, key = settings.OIP_TLS_CERTIFICATE, settings.OIP_TLS_KEY
    if certificate is None and settings.OIP_TLS_CA is None:
        return None
    return ClientTls(settings.OIP_TLS_CA, certificate, key, settings.OIP_TLS_NAME)
