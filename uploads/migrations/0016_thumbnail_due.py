from typing import Any

from django.db import migrations, models
from django.utils import timezone


def catch_up(apps: Any, schema_editor: Any) -> None:
    """What has none yet gets one."""
    images = apps.get_model("uploads", "Image").objects.filter(thumbnail_path="", purged_at=None)
    images.exclude(image_path="").update(thumbnail_due=timezone.now())


class Migration(migrations.Migration):

    dependencies = [
        ('uploads', '0015_worker_unconfined'),
    ]

    operations = [
        migrations.AddField(
            model_name='image',
            name='thumbnail_due',
            field=models.DateTimeField(blank=True, help_text='When somebody is to make one; empty: it has one, or there can be none.', null=True),
        ),
        migrations.AddIndex(
            model_name='image',
            index=models.Index(condition=models.Q(('thumbnail_due__isnull', False)), fields=['thumbnail_due', 'id'], name='image_thumbnail_due'),
        ),
        migrations.RunPython(catch_up, migrations.RunPython.noop),
    ]
