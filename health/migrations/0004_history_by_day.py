import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('health', '0003_rhythm_recent_days'),
    ]

    operations = [
        migrations.AddField(
            model_name='accounthealth',
            name='met_on',
            field=models.DateField(help_text='The day on which it was scored for the first time.', null=True),
        ),
        migrations.RunSQL(
            "UPDATE health_accounthealth AS health SET met_on = coalesce((SELECT min(day) FROM health_healthday AS said"
            " WHERE said.account_id = health.account_id AND NOT said.is_reconstructed), as_of_on)",
            migrations.RunSQL.noop,
        ),
        migrations.AlterField(
            model_name='healthday',
            name='account',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='health_days', to='accounts.account'),
        ),
        migrations.AlterField(
            model_name='healthday',
            name='model_version',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='health.modelversion'),
        ),
        migrations.RemoveIndex(model_name='healthday', name='health_healthday_day'),
        migrations.RemoveIndex(model_name='accounthealth', name='health_ah_next_change'),
        migrations.RemoveIndex(model_name='accounthealth', name='health_ah_next_touch'),
        migrations.AddField(
            model_name='scorerun',
            name='usual_arr',
            field=models.DecimalField(decimal_places=2, help_text='The median value of the accounts that have one.', max_digits=14, null=True),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "ALTER TABLE health_healthday DROP CONSTRAINT health_healthday_pkey,"
                    " ADD CONSTRAINT health_healthday_pkey PRIMARY KEY (day, account_id)",
                    "ALTER TABLE health_healthday DROP CONSTRAINT health_healthday_pkey,"
                    " ADD CONSTRAINT health_healthday_pkey PRIMARY KEY (account_id, day)",
                ),
            ],
            state_operations=[
                migrations.AlterField(
                    model_name='healthday',
                    name='pk',
                    field=models.CompositePrimaryKey('day', 'account_id', blank=True, editable=False, primary_key=True, serialize=False),
                ),
            ],
        ),
    ]
