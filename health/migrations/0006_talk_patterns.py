import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('health', '0005_trust_report'),
        ('touchpoints', '0002_import_bookkeeping'),
    ]

    operations = [
        migrations.AddField(
            model_name='accounthealth',
            name='main_signal',
            field=models.CharField(blank=True, choices=[('unanswered', 'Unanswered'), ('one_sided', 'One-sided'), ('sponsor_left', 'Sponsor left'), ('cadence_missed', 'Agreed cadence missed'), ('talk_fell', 'Live talk fell'), ('sponsor_silent', 'Sponsor silent'), ('single_threaded', 'Single-threaded')], help_text="The strongest that makes the account drift.", max_length=16),
        ),
        migrations.AddField(
            model_name='accounthealth',
            name='points_activity',
            field=models.FloatField(null=True),
        ),
        migrations.AddField(
            model_name='accounthealth',
            name='points_calibration',
            field=models.FloatField(null=True),
        ),
        migrations.AddField(
            model_name='accounthealth',
            name='points_history',
            field=models.FloatField(null=True),
        ),
        migrations.AddField(
            model_name='accounthealth',
            name='points_rhythm',
            field=models.FloatField(null=True),
        ),
        migrations.AddField(
            model_name='accounthealth',
            name='points_silence',
            field=models.FloatField(null=True),
        ),
        migrations.AddField(
            model_name='accounthealth',
            name='points_slowing',
            field=models.FloatField(null=True),
        ),
        migrations.AddField(
            model_name='accounthealth',
            name='reference_health',
            field=models.FloatField(help_text="Health of the portfolio's typical account on rhythm.", null=True),
        ),
        migrations.AddField(
            model_name='accounthealth',
            name='signals',
            field=models.JSONField(db_default=models.Value([], models.JSONField()), default=list, help_text='The signals that are on, each with the figures it is told with.'),
        ),
        migrations.CreateModel(
            name='TalkPattern',
            fields=[
                ('account', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='talk_pattern', serialize=False, to='accounts.account')),
                ('first_on', models.DateField()),
                ('last_on', models.DateField()),
                ('recent_days', models.IntegerField(help_text='Touch days of the 90 days up to the last one.')),
                ('recent_talk_days', models.IntegerField(help_text='Those of them with a live talk.')),
                ('earlier_days', models.IntegerField(help_text='Touch days of the year before those 90 days.')),
                ('earlier_talk_days', models.IntegerField()),
                ('our_days', models.IntegerField(help_text='Days on which only we wrote or spoke.')),
                ('answer_days', models.IntegerField(help_text='All other touch days.')),
                ('unanswered_days', models.IntegerField(help_text='Days of ours since the last answer.')),
                ('unanswered_since_on', models.DateField(null=True)),
                ('longest_unanswered_days', models.IntegerField(help_text='The most days of ours in a row before that.')),
                ('client_days', models.IntegerField(help_text='Days on which the client took part.')),
                ('client_last_on', models.DateField(null=True)),
                ('client_median_gap', models.FloatField(null=True)),
                ('client_high_gap', models.FloatField(help_text="One of the client's gaps in ten is longer.", null=True)),
                ('cadence_gaps', models.IntegerField(help_text='Gaps that the lived cadence rests on.')),
                ('lived_gap', models.FloatField(help_text='Half of the time lies in gaps at least this long.', null=True)),
                ('people', models.IntegerField(help_text='Persons who took part in the 90 days up to the last touch.')),
                ('named_days', models.IntegerField(help_text='Days of those 90 on which a named person took part.')),
                ('lone_earlier_days', models.IntegerField(help_text='Days with the one person in the year before.')),
                ('earlier_named_days', models.IntegerField()),
                ('sponsor_days', models.IntegerField(help_text='Days on which the sponsor took part, in two years.')),
                ('sponsor_first_on', models.DateField(null=True)),
                ('sponsor_last_on', models.DateField(null=True)),
                ('sponsor_longest_gap_days', models.IntegerField()),
                ('sponsor_left_on', models.DateField(null=True)),
                ('others_since_days', models.IntegerField(help_text='Days with anybody since the sponsor last took part.')),
                ('ranked_since_days', models.IntegerField(help_text='Those of them with somebody of rank who is still there.')),
                ('computed_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('lone_contact', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.contact')),
                ('sponsor', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.contact')),
            ],
        ),
        # No account has a talk pattern yet: make all of them stale, the sweep computes them.
        migrations.RunSQL(
            "UPDATE touchpoints_accountactivity SET version = version + 1", migrations.RunSQL.noop
        ),
    ]
