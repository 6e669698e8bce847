from django.db import migrations


class Migration(migrations.Migration):

    # The next actions are taken over there before they are dropped here.
    dependencies = [
        ('accounts', '0001_initial'),
        ('health', '0008_next_actions'),
    ]

    operations = [
        migrations.RemoveField(model_name='account', name='next_action'),
        migrations.RemoveField(model_name='account', name='next_action_on'),
    ]
