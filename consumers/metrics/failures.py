"""Parts that Darkroom depends on and that may be away, and work that was taken from a worker."""

from typing import Final

from prometheus_client import Counter

from consumers.metrics.registry import REGISTRY

DATABASE: Final = Counter(
    "darkroom_database_errors",
    "Calls of sockets and workers that the database did not answer; they are tried again.",
    registry=REGISTRY,
)
CHANNEL_LAYER: Final = Counter(
    "darkroom_channel_layer_errors",
    "Redis away: messages not sent and questions given up (send), questions not asked (skipped),"
    " and waits cut off (receive).",
    ["operation"],
    registry=REGISTRY,
)
LEASES_LOST: Final = Counter(
    "darkroom_leases_lost",
    "Predictions that this worker found taken from it: it was paused, or cut off too long.",
    registry=REGISTRY,
)
STALE_WRITES: Final = Counter(
    "darkroom_stale_writes",
    "Endings refused because another attempt had begun, or the upload was deleted.",
    registry=REGISTRY,
)

ARCHIVE: Final = Counter(
    "darkroom_archive_files",
    "Files copied to the archive (copied), put off because it is away (away), or because they"
    " cannot be copied as they are (refused).",
    ["outcome"],
    registry=REGISTRY,
)
archive_copied: Final = ARCHIVE.labels("copied")
archive_away: Final = ARCHIVE.labels("away")
archive_refused: Final = ARCHIVE.labels("refused")
WEBHOOKS: Final = Counter(
    "darkroom_webhook_messages",
    "Messages sent to users' webhooks: taken by their receivers (taken), or not (refused), in which"
    " case they are mostly sent again.",
    ["outcome"],
    registry=REGISTRY,
)
webhook_taken: Final = WEBHOOKS.labels("taken")
webhook_refused: Final = WEBHOOKS.labels("refused")

splits_rolled_back: Final = Counter(
    "darkroom_traffic_splits_rolled_back",
    "Splits of traffic that this worker rolled back, as the new version failed more than the old.",
    registry=REGISTRY,
)

send_given_up: Final = CHANNEL_LAYER.labels("send")
send_skipped: Final = CHANNEL_LAYER.labels("skipped")
receive_interrupted: Final = CHANNEL_LAYER.labels("receive")
