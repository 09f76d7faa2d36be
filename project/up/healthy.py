"""`python -m project.up.healthy web` (or `worker`): whether the one on this machine answers.

Exit status 0: it does. For health checks of containers: nothing of Django is imported.
"""

import http.client
import sys
from typing import Final

from project.env import env
from project.up.readiness import host_header

TIMEOUT_SECONDS: Final = 5.0


def main(role: str) -> int:
    """Ask a process of this role, on loopback; 1 where it does not answer."""
    port, path = {
        "web": (env().port, "/healthz"),
        # Its other ports may want a certificate.
        "worker": (env().metrics_port, "/metrics"),
    }[role]
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", path, headers={"Host": host_header(env().hosts())})
        return int(connection.getresponse().status != http.HTTPStatus.OK)
    except OSError:
        return 1
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
