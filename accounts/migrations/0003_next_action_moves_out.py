from django.db import migrations


class Migration(migrations.Migration):

    # The next actions are taken over there before they are dropped here.
    dependencies = [
        ('accounts', '0002_assignments_successors_handover'),
        ('health', '0013_next_actions'),
    ]

    operations = [
        migrations.RemoveField(model_name='account', name='next_action'),
        migrations.RemoveField(model_name='account', name='next_action_on'),
    ]
