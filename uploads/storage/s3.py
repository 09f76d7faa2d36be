"""The object store by Amazon's S3 protocol, for MinIO, SeaweedFS, R2 and their like as well."""

import base64
import contextlib
import hashlib
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from uploads.errors import StorageUnavailable
from uploads.storage.object_store import Absent, Cold, Differs, Facts, Opened, Refused, Stored
from uploads.storage.s3_errors import code_of, status_of, translated

logger = logging.getLogger("darkroom.archive")

PART_BYTES: Final = 8 * 1024 * 1024
"""Larger files are sent in parts of this size."""
PRESIGNED_SECONDS: Final = 60
_CONNECT_SECONDS: Final = 2
_READ_SECONDS: Final = 15
_ATTEMPTS: Final = 5
"""Of a request, within some seconds: for blips. Longer trouble is its caller's."""
_IMPATIENT_SECONDS: Final = 5
_ABSENT: Final = frozenset({"404", "NoSuchKey"})
_COLD: Final = "InvalidObjectState"
_EXISTS: Final = frozenset({409, 412})
"""Something lies there, or somebody else puts something there right now."""
_UNCONDITIONAL: Final = 501
"""The store does not know conditions: whether anything lies there was asked before."""
_REFUSED: Final = frozenset({400, 413})
_PART_CHECKSUMS: Final = frozenset({"ChecksumCRC32", "ChecksumCRC64NVME", "ChecksumSHA256"})
"""Of a part's answer, to be said once more when all are put together."""


class S3Store:
    """The bucket of the settings; safe to use from several threads.

    Raises:
        StorageUnavailable: the settings are wrong.
    """

    def __init__(self, *, is_patient: bool = True) -> None:
        # Fifty megabytes of memory, for those alone who have an archive.
        import boto3  # noqa: PLC0415
        from botocore import config  # noqa: PLC0415

        given = {
            "aws_access_key_id": settings.AWS_ACCESS_KEY_ID,
            "aws_secret_access_key": settings.AWS_SECRET_ACCESS_KEY,
            "aws_session_token": settings.AWS_SESSION_TOKEN,
            "region_name": settings.AWS_REGION,
            "endpoint_url": settings.S3_ENDPOINT_URL,
        }
        with translated():
            self._client = boto3.session.Session().client(
                "s3",
                config=config.Config(
                    retries={
                        "mode": "standard",
                        "total_max_attempts": _ATTEMPTS if is_patient else 1,
                    },
                    connect_timeout=_CONNECT_SECONDS,
                    read_timeout=_READ_SECONDS if is_patient else _IMPATIENT_SECONDS,
                    tcp_keepalive=True,
                    signature_version="s3v4",
                    request_checksum_calculation=settings.S3_CHECKSUMS,
                    response_checksum_validation=settings.S3_CHECKSUMS,
                    # Other stores than Amazon's need not have a host name for each bucket.
                    s3={"addressing_style": "path"} if settings.S3_ENDPOINT_URL else None,
                ),
                **{name: value for name, value in given.items() if value},
            )
        self._bucket = settings.S3_BUCKET

    def put(self, key: str, path: Path, sha256: str, content_type: str) -> None:
        size = path.stat().st_size
        # Asked first: it spares sending what is there, and some stores know no conditions.
        if self.look(key) is None:
            self._send(key, path, {"ContentType": content_type, "Metadata": {"sha256": sha256}})
        found = self.look(key)
        if found is None:
            raise StorageUnavailable("The archive does not have a file that it was just given.")
        if found != Facts(size, sha256):
            raise Differs(f"Another file lies under {_full(key)}.")

    def _send(self, key: str, path: Path, facts: dict[str, Any]) -> None:
        place = {"Bucket": self._bucket, "Key": _full(key)}
        send = self._put_in_parts if path.stat().st_size > PART_BYTES else self._put_whole
        error_type = self._client.exceptions.ClientError
        with translated():
            try:
                try:
                    send(place, facts, path, {"IfNoneMatch": "*"})
                except error_type as error:
                    if status_of(error) != _UNCONDITIONAL:
                        raise
                    send(place, facts, path, {})
            except error_type as error:
                if status_of(error) in _REFUSED:
                    raise Refused(f"The archive refuses the file: {code_of(error)}.") from error
                if status_of(error) not in _EXISTS:
                    raise

    def _put_whole(
        self, place: dict[str, str], facts: dict[str, Any], path: Path, only_if: dict[str, str]
    ) -> None:
        content = path.read_bytes()
        # The store holds the bytes against it, whichever it is.
        if settings.S3_CHECKSUMS == "when_supported":
            check = {"ChecksumSHA256": _base64(bytes.fromhex(facts["Metadata"]["sha256"]))}
        else:
            check = {"ContentMD5": _md5(content)}
        self._client.put_object(**place, **facts, **only_if, **check, Body=content)

    def _put_in_parts(
        self, place: dict[str, str], facts: dict[str, Any], path: Path, only_if: dict[str, str]
    ) -> None:
        """By hand: boto's own transfer cannot say that nothing may be replaced."""
        begun = self._client.create_multipart_upload(**place, **facts)
        upload = {**place, "UploadId": begun["UploadId"]}
        try:
            parts: list[dict[str, Any]] = []
            with path.open("rb") as file:
                while part := file.read(PART_BYTES):
                    number = len(parts) + 1
                    needs_md5 = settings.S3_CHECKSUMS == "when_required"
                    check = {"ContentMD5": _md5(part)} if needs_md5 else {}
                    sent = self._client.upload_part(**upload, **check, PartNumber=number, Body=part)
                    checksums = {k: v for k, v in sent.items() if k in _PART_CHECKSUMS}
                    parts.append({"PartNumber": number, "ETag": sent["ETag"], **checksums})
            self._client.complete_multipart_upload(
                **upload, **only_if, MultipartUpload={"Parts": parts}
            )
        except Exception:
            # What cannot be called off now goes with its folder, or by a rule of the bucket.
            with contextlib.suppress(Exception):
                self._client.abort_multipart_upload(**upload)
            raise

    def look(self, key: str) -> Facts | None:
        with translated():
            try:
                found = self._client.head_object(Bucket=self._bucket, Key=_full(key))
            except self._client.exceptions.ClientError as error:
                if code_of(error) not in _ABSENT:
                    raise
                # A bucket that is not there is told in the same words.
                self._require_bucket()
                return None
        return Facts(found["ContentLength"], found.get("Metadata", {}).get("sha256", ""))

    def _require_bucket(self) -> None:
        try:
            self._client.head_bucket(Bucket=self._bucket)
        except self._client.exceptions.ClientError as error:
            if code_of(error) in _ABSENT:
                raise StorageUnavailable("The archive does not answer: NoSuchBucket.") from None
            raise

    def open(self, key: str) -> Opened:
        with translated():
            try:
                found = self._client.get_object(Bucket=self._bucket, Key=_full(key))
            except self._client.exceptions.ClientError as error:
                if code_of(error) in _ABSENT:
                    raise Absent(key) from None
                if code_of(error) == _COLD:
                    logger.warning("object in a cold storage class, restore it", extra={"key": key})
                    raise Cold(key) from None
                raise
        return Opened(found["ContentLength"], _Body(found["Body"]))

    def delete(self, key: str) -> None:
        with translated():
            self._client.delete_object(Bucket=self._bucket, Key=_full(key))

    def remove(self, prefix: str) -> None:
        for one in list(self.stored(prefix)):
            # Not all at once: of that, stores differ in the checksum that they ask for.
            self.delete(one.key)
        with translated():
            for page in self._pages("list_multipart_uploads", prefix):
                for begun in page.get("Uploads", ()):
                    self._client.abort_multipart_upload(
                        Bucket=self._bucket, Key=begun["Key"], UploadId=begun["UploadId"]
                    )

    def stored(self, prefix: str = "") -> Iterator[Stored]:
        with translated():
            for page in self._pages("list_objects_v2", prefix):
                for one in page.get("Contents", ()):
                    key = one["Key"].removeprefix(_full(""))
                    yield Stored(key, one["Size"], one["LastModified"])

    def presigned(self, key: str, disposition: str, content_type: str) -> str:
        with translated():
            address: str = self._client.generate_presigned_url(
                "get_object",
                Params={
                    "Bucket": self._bucket,
                    "Key": _full(key),
                    "ResponseContentDisposition": disposition,
                    "ResponseContentType": content_type,
                },
                ExpiresIn=PRESIGNED_SECONDS,
            )
        return address

    def _pages(self, operation: str, prefix: str) -> Iterator[dict[str, Any]]:
        pages = self._client.get_paginator(operation)
        yield from pages.paginate(Bucket=self._bucket, Prefix=_full(prefix))


class _Body:
    """An object's bytes; trouble while they are read is told in our words too."""

    def __init__(self, body: Any) -> None:
        self._body = body

    def read(self, size: int = -1) -> bytes:
        """At most so many of the next bytes; none at the end."""
        with translated():
            data: bytes = self._body.read(None if size < 0 else size)
        return data

    def close(self) -> None:
        """Lets go of the connection."""
        self._body.close()


def _full(key: str) -> str:
    return f"{settings.S3_PREFIX}/{key}"


def _md5(content: bytes) -> str:
    return _base64(hashlib.md5(content, usedforsecurity=False).digest())


def _base64(digest: bytes) -> str:
    return base64.b64encode(digest).decode()
