"""Quotas: what a user may keep and have queued, and how much of it is used."""

from typing import Final

from django.conf import settings
from django.db.models import Sum

from uploads.errors import BeyondQuota, Fault, QuotaExceeded, StorageQuotaExceeded
from uploads.models import Image, Prediction, User
from uploads.states import State

_UNITS: Final = {"bytes": "bytes", "queued": "queued predictions"}
_REMEDIES: Final = {
    "bytes": "Delete uploads that you no longer need.",
    "queued": "Wait until some have ended, or send fewer at a time.",
}


def usage(user: User) -> dict[str, int | None]:
    """What a user has used of their quota; a limit of None means there is none."""
    # The pages of a document share its bytes, which stay until the last of them is deleted.
    kept = Image.objects.filter(upload__user=user, upload__deleted_at__isnull=True, page=1)
    kept = kept.exclude(image_path="")
    return {
        "bytes_used": kept.aggregate(total=Sum("size"))["total"] or 0,
        "bytes_limit": _limit(user.quota_bytes, settings.QUOTA_BYTES),
        "queued": Prediction.objects.filter(user=user, state=State.QUEUED).count(),
        "queued_limit": _limit(user.quota_queued, settings.QUOTA_QUEUED),
    }


def _limit(own: int | None, default: int) -> int | None:
    return own if own is not None else (default or None)


def require(
    user: User, *, bytes_more: int, queued_more: int, file: tuple[int, str] | None = None
) -> None:
    """Refuses what the user's quota leaves no room for.

    Args:
        user: Whose quota it is.
        bytes_more: How many bytes are to be kept.
        queued_more: How many predictions are to be queued.
        file: The position and name of the one file that all of it comes from, if it is one.

    Raises:
        BeyondQuota: this alone is more than may be queued, which no waiting changes.
        QuotaExceeded: too much is queued, which ends by itself.
        StorageQuotaExceeded: too many bytes are kept, which no waiting changes.
    """
    limits = (
        _limit(user.quota_bytes, settings.QUOTA_BYTES),
        _limit(user.quota_queued, settings.QUOTA_QUEUED),
    )
    if limits == (None, None):
        return
    if limits[1] is not None and queued_more > limits[1]:
        raise _beyond(limits[1], queued_more, file)
    used = usage(user)
    for field, more in (("bytes", bytes_more), ("queued", queued_more)):
        limit = used[f"{field}_limit"]
        have = used["bytes_used" if field == "bytes" else "queued"] or 0
        if limit is not None and more and have + more > limit:
            message = (
                f"Your quota of {limit} {_UNITS[field]} leaves no room for {more} more: "
                f"{have} are in use. {_REMEDIES[field]}"
            )
            fault = Fault(QuotaExceeded.code, message, field=field)
            kind = StorageQuotaExceeded if field == "bytes" else QuotaExceeded
            raise kind(message, (fault,))


def _beyond(limit: int, more: int, file: tuple[int, str] | None) -> BeyondQuota:
    if limit == 0:
        message = "Your quota lets you have nothing queued."
    elif file is not None:
        message = (
            f"Your quota lets you have {limit} predictions queued, and the file has {more} pages:"
            " split it."
        )
    else:
        message = (
            f"Your quota lets you have {limit} predictions queued, and this upload has {more}"
            " images: send fewer at a time."
        )
    if file is None or limit == 0:
        return BeyondQuota(message, (Fault(BeyondQuota.code, message, field="queued"),))
    position, name = file
    return BeyondQuota(message, (Fault(BeyondQuota.code, message, position=position, name=name),))
