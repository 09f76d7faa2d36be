"""The one listening socket that every web process shares."""

import errno
import socket

from project.up.errors import StartError

BACKLOG = 1024


def listen(host: str, port: int) -> socket.socket:
    """A TCP socket listening on `host` and `port` (0: any free port).

    Raises StartError `port_taken`, `port_forbidden` or `address_unavailable`.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except socket.gaierror as error:
        raise StartError(
            "address_unavailable", f"{host} is not an address of this machine: set HOST to one."
        ) from error
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise _explained(error, host, port) from error
    return listener


def url_of(listener: socket.socket) -> str:
    """The address a browser on this machine reaches `listener` at, such as `http://127.0.0.1:8000`."""
    host, port = listener.getsockname()[:2]
    here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  # read, not bound
    return f"http://[{here}]:{port}" if ":" in here else f"http://{here}:{port}"


def _explained(error: OSError, host: str, port: int) -> StartError:
    if error.errno == errno.EADDRINUSE:
        return StartError(
            "port_taken",
            f"Port {port} on {host} is taken by another program: set PORT to another one.",
        )
    if error.errno == errno.EACCES:
        return StartError(
            "port_forbidden", f"Port {port} needs privileges: set PORT to one above 1023."
        )
    return StartError(
        "address_unavailable", f"{host} is not an address of this machine: set HOST to one."
    )
