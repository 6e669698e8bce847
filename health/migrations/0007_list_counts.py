
import django.db.models.expressions
import django.db.models.functions.comparison
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('health', '0006_talk_patterns'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='accounthealth',
            name='health_ah_band_priority',
        ),
        migrations.AddField(
            model_name='accounthealth',
            name='arr_cents',
            field=models.GeneratedField(db_persist=True, expression=django.db.models.functions.comparison.Cast(django.db.models.expressions.CombinedExpression(models.F('arr'), '*', models.Value(100)), models.BigIntegerField()), output_field=models.BigIntegerField(null=True)),
        ),
        migrations.AddField(
            model_name='accounthealth',
            name='value_at_risk_cents',
            field=models.GeneratedField(db_persist=True, expression=django.db.models.functions.comparison.Cast(django.db.models.expressions.CombinedExpression(models.F('value_at_risk'), '*', models.Value(100)), models.BigIntegerField()), output_field=models.BigIntegerField()),
        ),
        migrations.AddIndex(
            model_name='accounthealth',
            index=models.Index(fields=['band', '-priority', 'account'], name='health_ah_order'),
        ),
        migrations.AddIndex(
            model_name='accounthealth',
            index=models.Index(fields=['band', 'segment', 'alarm_series'], include=('renewal_on', 'arr_cents', 'value_at_risk_cents'), name='health_ah_facets'),
        ),
    ]
