import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def without_index(table: str, column: str, digest: str) -> migrations.RunSQL:
    """Drops the index of a foreign key by its name: altering the field would have SQLite write the
    whole table anew."""
    index = f'"{table}_{column}_{digest}"'
    return migrations.RunSQL(
        f"DROP INDEX IF EXISTS {index}", f'CREATE INDEX {index} ON "{table}" ("{column}")'
    )


class Migration(migrations.Migration):

    dependencies = [
        ('uploads', '0044_usage_records'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            [
                without_index('uploads_image', 'upload_id', 'd4d9a856'),
                without_index('uploads_prediction', 'user_id', '9a1ab127'),
                without_index('uploads_upload', 'user_id', '4b5cafec'),
            ],
            [
                migrations.AlterField(
                    model_name='image',
                    name='upload',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='images', to='uploads.upload'),
                ),
                migrations.AlterField(
                    model_name='prediction',
                    name='user',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='predictions', to=settings.AUTH_USER_MODEL),
                ),
                migrations.AlterField(
                    model_name='upload',
                    name='user',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='uploads', to=settings.AUTH_USER_MODEL),
                ),
            ],
        ),
    ]
