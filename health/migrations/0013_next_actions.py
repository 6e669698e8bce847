import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


def take_over(apps, schema_editor):
    """What was written beside accounts becomes their open next action; nobody knows any more who wrote it."""
    account_model = apps.get_model("accounts", "Account")
    next_action = apps.get_model("health", "NextAction")
    planned = account_model.objects.exclude(next_action="").values_list("pk", "next_action", "next_action_on", "updated_at")
    next_action.objects.bulk_create(
        (
            next_action(account_id=pk, what=what, due_on=due_on, created_at=at)
            for pk, what, due_on, at in planned.iterator()
        ),
        batch_size=5000,
    )


def give_back(apps, schema_editor):
    account_model = apps.get_model("accounts", "Account")
    open_ones = apps.get_model("health", "NextAction").objects.filter(ended_at__isnull=True)
    for action in open_ones.iterator():
        account_model.objects.filter(pk=action.account_id).update(next_action=action.what, next_action_on=action.due_on)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('health', '0012_touch_months'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='NextAction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(max_length=200)),
                ('due_on', models.DateField(blank=True, null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('ended_at', models.DateTimeField(blank=True, help_text='Null while it is open.', null=True)),
                ('is_done', models.BooleanField(default=False, help_text='Done, and not merely replaced or taken back.')),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='next_actions', to='accounts.account')),
                ('author', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ended_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-created_at', '-id'],
                'indexes': [models.Index(fields=['account', '-created_at'], name='health_nextaction_account')],
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('account',), name='health_nextaction_one_open'),
                    models.CheckConstraint(condition=models.Q(('what', ''), _negated=True), name='health_nextaction_says_what'),
                    models.CheckConstraint(condition=models.Q(('is_done', False), ('ended_at__isnull', False), _connector='OR'), name='health_nextaction_done_has_end'),
                ],
            },
        ),
        migrations.RunPython(take_over, give_back),
    ]
