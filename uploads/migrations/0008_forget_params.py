"""Takes the parameters out of the events of uploads that were deleted before deletion did so."""

from typing import Any

from django.db import migrations


def forget(apps: Any, _schema_editor: Any) -> None:
    deleted = apps.get_model("uploads", "Upload").objects.filter(deleted_at__isnull=False)
    told = apps.get_model("uploads", "Event").objects.filter(
        upload_id__in=deleted.values("pk"), facts__has_key="params"
    )
    for event in told.iterator():
        event.facts["params"] = {}
        event.save(update_fields=["facts"])
    apps.get_model("uploads", "Image").objects.filter(upload__in=deleted).update(image_type="")


class Migration(migrations.Migration):

    dependencies = [
        ("uploads", "0007_removal_tried_at"),
    ]

    operations = [
        migrations.RunPython(forget, migrations.RunPython.noop),
    ]
