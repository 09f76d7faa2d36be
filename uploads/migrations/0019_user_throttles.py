from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('uploads', '0018_audit'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='throttle_uploads',
            field=models.PositiveIntegerField(blank=True, help_text="Requests a minute that give models work. Empty: the server's; 0: no limit.", null=True),
        ),
        migrations.AddField(
            model_name='user',
            name='throttle_v2',
            field=models.PositiveIntegerField(blank=True, help_text="Requests a minute by the Open Inference Protocol. Empty: the server's; 0: no limit.", null=True),
        ),
    ]
