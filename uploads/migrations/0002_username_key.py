from typing import Any
from unicodedata import normalize

from django.db import migrations, models


def key_of(name: str) -> str:
    """`uploads.credentials.username_key`, as it was at this migration."""
    folded = normalize("NFKD", normalize("NFD", name).casefold())
    return normalize("NFKC", normalize("NFKD", folded.casefold()))


def give_keys(apps: Any, schema_editor: Any) -> None:
    """The oldest account of a name gets its key; a younger one is still found by its exact name."""
    taken = set()
    rows = apps.get_model("uploads", "User").objects.order_by("pk")
    for user in rows.only("pk", "username"):
        key = key_of(user.username)
        user.username_key = f"{key}#{user.pk}" if key in taken else key
        taken.add(key)
        user.save(update_fields=["username_key"])


class Migration(migrations.Migration):

    dependencies = [
        ("uploads", "0001_initial"),
    ]

    operations = [
        migrations.AlterModelManagers(name="user", managers=[]),
        migrations.AddField(
            model_name="user",
            name="username_key",
            field=models.CharField(default="", editable=False, max_length=450),
            preserve_default=False,
        ),
        migrations.RunPython(give_keys, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="user",
            name="username_key",
            field=models.CharField(
                editable=False,
                help_text="What the name is found by.",
                max_length=450,
                unique=True,
            ),
        ),
    ]
