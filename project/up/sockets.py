"""The one listening socket that every web process shares."""

import errno
import socket

from inference.oip.host_port import host_port
from project.up.errors import StartError

BACKLOG = 1024


def listen(host: str, port: int, setting: str = "PORT") -> socket.socket:
    """A TCP socket listening on `host` and `port` (0: any free port); `setting` chose the port.

    Raises StartError `port_taken`, `port_forbidden` or `address_unavailable`.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (socket.gaierror, UnicodeError) as error:
        raise StartError(
            "address_unavailable",
            f"{host} is not an address of this machine: set {_host(setting)}.",
        ) from error
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise _explained(error, host, port, setting) from error
    return listener


def check_free(host: str, port: int, setting: str) -> None:
    """Whether a process that is started later can listen there; port 0 is always free.

    Raises StartError as `listen` does; `setting` names what chose the port.
    """
    if port:
        listen(host, port, setting).close()


def url_of(listener: socket.socket) -> str:
    """The address a browser on this machine reaches `listener` at, such as `http://127.0.0.1:8000`."""
    host, port = listener.getsockname()[:2]
    here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  # read, not bound
    return f"http://{host_port(here, port)}"


def _explained(error: OSError, host: str, port: int, setting: str) -> StartError:
    if error.errno == errno.EADDRINUSE:
        return StartError(
            "port_taken",
            f"Port {port} on {host} is taken by another program: set {setting} to another one.",
        )
    if error.errno == errno.EACCES:
        return StartError(
            "port_forbidden", f"Port {port} needs privileges: set {setting} to one above 1023."
        )
    return StartError(
        "address_unavailable", f"{host} is not an address of this machine: set {_host(setting)}."
    )


def _host(setting: str) -> str:
    return f"{setting.removesuffix('PORT')}HOST to one"
