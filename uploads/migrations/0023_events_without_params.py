"""Takes the parameters out of all events: they are read from the predictions, as outputs are."""

from typing import Any

from django.db import migrations, models

STATEMENTS = {
    "sqlite": "UPDATE uploads_event SET facts = json_remove(facts, '$.params') "
    "WHERE json_type(facts, '$.params') IS NOT NULL",
    "postgresql": "UPDATE uploads_event SET facts = facts - 'params' WHERE facts ? 'params'",
}


def take_out(_apps: Any, schema_editor: Any) -> None:
    schema_editor.execute(STATEMENTS[schema_editor.connection.vendor], params=None)


class Migration(migrations.Migration):

    dependencies = [
        ("uploads", "0022_archive_task_created_at"),
    ]

    operations = [
        migrations.RunPython(take_out, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="event",
            name="facts",
            field=models.JSONField(
                default=dict,
                help_text="The public view at that moment, without parameters and output.",
            ),
        ),
    ]
