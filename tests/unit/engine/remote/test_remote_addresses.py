"""Where another server is, whom it must be, and where a token may go."""

import ssl
from pathlib import Path

import grpc
import pytest
from pydantic import ValidationError

from inference.engine.errors import (
    LoadFailed,
)
from inference.engine.remote_config import RemoteConfig
from inference.remote.servers import Servers
from tests.certificates import Authority
from tests.fakes.grpc_worker import GrpcWorker
from tests.fakes.oip_server import OipServer
from tests.unit.engine.remote.clients import Serve, Tokens


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        (None, "there is no token: set REMOTE_TOKEN_OTHERS or REMOTE_TOKEN_OTHERS_FILE"),
        ("two words", "has signs that no header can carry"),
        ("line\nbreak", "has signs that no header can carry"),
    ],
)
async def test_a_token_that_cannot_be_sent_is_told_by_its_name(
    serve: Serve, servers: Servers, tokens: Tokens, token: str | None, reason: str
) -> None:
    if token:
        tokens["others"] = token
    with pytest.raises(LoadFailed, match=reason) as failed:
        await servers.describe(await serve(token="others"))
    assert not token or token not in failed.value.reason


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.mark.parametrize("scheme", ["https", "grpcs"])
@pytest.mark.parametrize("trouble", ["", "wrong authority", "expired", "another host"])
async def test_a_servers_certificate_is_checked(
    servers: Servers,
    worker: GrpcWorker,
    authority: Authority,
    tmp_path: Path,
    scheme: str,
    trouble: str,
) -> None:
    host = "elsewhere.example" if trouble == "another host" else "127.0.0.1"
    pair = authority.sign("server", host, expired=trouble == "expired")
    believed = Authority(tmp_path, "other") if trouble == "wrong authority" else authority
    rest = OipServer()
    if scheme == "https":
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(pair.certificate, pair.key)
        await rest.start(ssl_context=context)
        address = f"127.0.0.1:{rest.port}"
    else:
        key, certificate = pair.key.read_bytes(), pair.certificate.read_bytes()
        await worker.start(credentials=grpc.ssl_server_credentials([(key, certificate)]))
        address = worker.address
    config = RemoteConfig(
        url=f"{scheme}://{address}", model="gray", token="ours", ca_file=str(believed.certificate)
    )
    try:
        if trouble:
            with pytest.raises(LoadFailed, match=r"certificate|no connection"):
                await servers.describe(config)
            assert not worker.calls
            assert not rest.asked
        else:
            assert (await servers.describe(config)).inputs
    finally:
        await rest.stop()


async def test_certificates_that_cannot_be_read_are_told(servers: Servers) -> None:
    config = RemoteConfig(url="https://127.0.0.1:1", ca_file="/nowhere.pem")
    with pytest.raises(LoadFailed, match=r"remote.ca_file cannot be read"):
        await servers.describe(config)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"url": "ftp://there:1"}, "is http"),
        ({"url": "http://"}, "is http"),
        ({"url": "http://user:s3cr3t@there:1"}, "holds no user"),
        ({"url": "http://there:1?x=1"}, "without a query"),
        ({"url": "http://there:port"}, "is no address"),
        ({"url": "grpc://there"}, "has a port"),
        ({"url": "grpc://there:1/path"}, "has a port"),
        ({"url": "http://there:1", "token": "ours"}, "goes by https or grpcs"),
        ({"url": "https://there:1", "token": "ours_file"}, "cannot end in _FILE"),
        ({"url": "https://there:1", "token": "a secret!"}, "match"),
        ({"url": "http://there:1", "ca_file": "/x"}, "is for https"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused(values: dict[str, str], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason) as refused:
        RemoteConfig(**values)
    assert "s3cr3t" not in refused.value.errors()[0]["msg"]


@pytest.mark.parametrize("url", ["http://localhost:1", "grpc://127.0.0.1:1", "http://[::1]:1/a/"])
def test_a_token_may_go_to_this_machine_in_clear(url: str) -> None:
    assert RemoteConfig(url=url, token="ours").url == url.rstrip("/")
