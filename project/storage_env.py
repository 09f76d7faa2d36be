"""The part of the environment that is about where files are kept, and for how long."""

from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings

from project.addresses import HttpUrl
from project.limits_env import MEGABYTE


class StorageEnv(BaseSettings):
    """Read as part of `project.env`."""

    min_free_bytes: int = Field(100 * MEGABYTE, ge=0)
    """With less free on the disk of MEDIA_ROOT, in bytes, uploads are refused: 503. Of a small disk
    a twentieth."""
    s3_bucket: str = ""
    """The bucket that originals and results are copied to. Empty: there is no archive."""
    s3_endpoint_url: HttpUrl = ""
    """Where the object store is, if it isn't Amazon's: MinIO, SeaweedFS, R2 and their like."""
    s3_prefix: str = Field("darkroom", pattern=r"^[^/](.*[^/])?$")
    """What the keys in the bucket begin with, before a slash. No two databases may share one."""
    s3_checksums: Literal["when_supported", "when_required"] = "when_supported"
    """Whether requests carry checksums; `when_required` for stores that refuse them."""
    aws_access_key_id: str = ""
    """The name of the object store's key. Empty: looked for where Amazon's tools look."""
    aws_secret_access_key: str = ""
    """The object store's key."""
    aws_session_token: str = ""
    """The token of a key that is valid for a time."""
    aws_region: str = ""
    """The object store's region."""
    archive_at_a_time: int = Field(4, gt=0)
    """How many files a worker copies to the archive at a time."""
    media_handover: Literal["shared", "s3"] = "shared"
    """How files come to other machines: all share one MEDIA_ROOT, or each has its own and takes
    them out of the bucket, where they are before anybody hears of them."""
    media_cache_bytes: int = Field(10_000 * MEGABYTE, gt=0)
    """With MEDIA_HANDOVER=s3, how many bytes of files a machine keeps in its MEDIA_ROOT."""
    retention_hours: float = Field(24.0, gt=0, le=1_000_000)
    """How long files stay in MEDIA_ROOT, in hours, where the archive has them."""
    purge_without_archive: bool = False
    """Whether files older than RETENTION_HOURS go although no archive has them: for good."""
    event_retention_days: float = Field(90.0, ge=0, le=100_000)
    """How long events, use and ended sign-ins are kept, in days. 0: for ever."""
