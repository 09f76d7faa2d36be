"""Names that the field uses: a usage's protocol, the desired state of models, what is observed."""

from typing import Any

from django.db import migrations, models


def name_uploads(apps: Any, _editor: Any) -> None:
    """What was counted of people's uploads is called `upload`, as in the metrics."""
    apps.get_model("uploads", "Usage").objects.filter(protocol="uploads").update(protocol="upload")


def name_uploads_as_before(apps: Any, _editor: Any) -> None:
    """Undoes `name_uploads`."""
    apps.get_model("uploads", "Usage").objects.filter(protocol="upload").update(protocol="uploads")


class Migration(migrations.Migration):
    dependencies = [("uploads", "0008_forget_params")]

    operations = [
        migrations.RemoveConstraint(model_name="usage", name="one_usage_per_minute"),
        migrations.RenameField(model_name="usage", old_name="door", new_name="protocol"),
        migrations.AlterField(
            model_name="usage",
            name="protocol",
            field=models.CharField(help_text="upload, rest or grpc.", max_length=20),
        ),
        migrations.RunPython(name_uploads, name_uploads_as_before),
        migrations.AddConstraint(
            model_name="usage",
            constraint=models.UniqueConstraint(
                fields=("user", "model", "version", "protocol", "minute"),
                name="one_usage_per_minute",
            ),
        ),
        migrations.RenameModel(old_name="WantedState", new_name="ModelCommand"),
        migrations.RenameField(model_name="modelcommand", old_name="wanted", new_name="desired"),
        migrations.RenameField(model_name="worker", old_name="reached", new_name="observed"),
    ]
