"""The photos that models come with, for people to try them."""

import hashlib

from uploads.models import Model, ModelSample


def publish(model: Model, content: bytes) -> None:
    """Keeps a model's sample photo; empty: it has none. What is there already isn't written."""
    rows = ModelSample.objects.filter(model=model)
    if not content:
        rows.delete()
        return
    sha256 = hashlib.sha256(content).hexdigest()
    if not rows.filter(sha256=sha256).exists():
        values = {"sha256": sha256, "content": content}
        ModelSample.objects.update_or_create(model=model, defaults=values)
