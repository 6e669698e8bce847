from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('health', '0002_list_columns'),
        ('touchpoints', '0002_import_bookkeeping'),
    ]

    operations = [
        migrations.AddField(
            model_name='rhythm',
            name='far_days',
            field=models.BigIntegerField(default=0, help_text='Bit i: a touch 60 + i days before the last one.'),
        ),
        migrations.AddField(
            model_name='rhythm',
            name='near_days',
            field=models.BigIntegerField(default=0, help_text='Bit i: a touch i days before the last one, i to 59.'),
        ),
        # Every stored rhythm lacks the new columns: make all of them stale, the sweep computes them again.
        migrations.RunSQL(
            "UPDATE touchpoints_accountactivity SET version = version + 1", migrations.RunSQL.noop
        ),
    ]
