from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('health', '0007_list_counts'),
        ('touchpoints', '0002_import_bookkeeping'),
    ]

    operations = [
        migrations.AddField(
            model_name='rhythm',
            name='returned_gap_days',
            field=models.FloatField(help_text='The third longest gap that ended within a year before the last touch.', null=True),
        ),
        # Every stored rhythm lacks the new column: make all of them stale, the sweep computes them again.
        migrations.RunSQL(
            "UPDATE touchpoints_accountactivity SET version = version + 1", migrations.RunSQL.noop
        ),
    ]
