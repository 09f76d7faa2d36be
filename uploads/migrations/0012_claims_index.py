from typing import Any

from django.db import migrations, models


def tell_planner(apps: Any, schema_editor: Any) -> None:
    """PostgreSQL keeps no statistics of a partial index's expression, and would guess."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE STATISTICS prediction_queues ON (model || '/' || model_version) "
            "FROM uploads_prediction"
        )


def forget(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP STATISTICS prediction_queues")


class Migration(migrations.Migration):

    dependencies = [
        ('uploads', '0011_version_params'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='prediction',
            index=models.Index(models.Func('model', 'model_version', arg_joiner=" || '/' || ", output_field=models.TextField(), template='(%(expressions)s)'), models.F('fair_rank'), models.F('id'), condition=models.Q(('state', 'queued')), name='prediction_claims'),
        ),
        migrations.RunPython(tell_planner, forget),
    ]
