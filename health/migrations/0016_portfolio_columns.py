from django.db import migrations, models

# Whose figures have changed, noted in the transaction of the change. A statement that changes many accounts, as a night
# does, notes their buckets instead. 20000 is BUCKET_SIZE.
MARKS = """
ALTER TABLE health_portfoliocolumn ALTER COLUMN content SET STORAGE EXTERNAL;
CREATE FUNCTION health_portfolio_marked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM (SELECT FROM marked LIMIT 1001) AS few) > 1000 THEN
        INSERT INTO health_portfoliomark (bucket) SELECT DISTINCT account_id / 20000 FROM marked;
    ELSE
        INSERT INTO health_portfoliomark (bucket, account_id) SELECT account_id / 20000, account_id FROM marked;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER health_portfolio_inserted AFTER INSERT ON health_accounthealth
    REFERENCING NEW TABLE AS marked FOR EACH STATEMENT EXECUTE FUNCTION health_portfolio_marked();
CREATE TRIGGER health_portfolio_deleted AFTER DELETE ON health_accounthealth
    REFERENCING OLD TABLE AS marked FOR EACH STATEMENT EXECUTE FUNCTION health_portfolio_marked();
CREATE TRIGGER health_portfolio_updated AFTER UPDATE ON health_accounthealth
    REFERENCING NEW TABLE AS marked FOR EACH STATEMENT EXECUTE FUNCTION health_portfolio_marked();
CREATE FUNCTION health_portfolio_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO health_portfoliomark (bucket, account_id) VALUES (NEW.id / 20000, NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER health_portfolio_moved AFTER UPDATE ON accounts_account FOR EACH ROW
    WHEN (OLD.owner_id IS DISTINCT FROM NEW.owner_id OR OLD.team_id IS DISTINCT FROM NEW.team_id)
    EXECUTE FUNCTION health_portfolio_moved();
"""

NO_MARKS = """
DROP TRIGGER health_portfolio_inserted ON health_accounthealth;
DROP TRIGGER health_portfolio_deleted ON health_accounthealth;
DROP TRIGGER health_portfolio_updated ON health_accounthealth;
DROP TRIGGER health_portfolio_moved ON accounts_account;
DROP FUNCTION health_portfolio_marked();
DROP FUNCTION health_portfolio_moved();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_next_action_moves_out'),
        ('health', '0015_saved_views'),
    ]

    operations = [
        migrations.CreateModel(
            name='PortfolioColumn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('bucket', models.BigIntegerField(help_text='Account id divided by the size of a bucket.')),
                ('name', models.CharField(max_length=40)),
                ('content', models.BinaryField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('bucket', 'name'), name='health_portfoliocolumn_uniq')],
            },
        ),
        migrations.CreateModel(
            name='PortfolioMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('bucket', models.BigIntegerField()),
                ('account_id', models.BigIntegerField(null=True)),
            ],
        ),
        migrations.RunSQL(MARKS, NO_MARKS),
    ]
