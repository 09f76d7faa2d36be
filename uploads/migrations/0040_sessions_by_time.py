

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('uploads', '0039_traffic_splits'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='session',
            index=models.Index(fields=['-created_at'], name='session_by_time'),
        ),
    ]
