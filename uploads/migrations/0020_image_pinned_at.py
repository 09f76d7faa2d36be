from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('uploads', '0019_user_throttles'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='image',
            options={'permissions': [('pin_image', "Can keep people's files in the local storage")]},
        ),
        migrations.AddField(
            model_name='image',
            name='pinned_at',
            field=models.DateTimeField(blank=True, help_text='Since when retention leaves its local files alone.', null=True),
        ),
    ]
