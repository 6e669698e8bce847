"""Every account's figures for the portfolio page, kept side by side as columns, and which of them have changed since.

A page over a whole firm needs a dozen figures of each account. Read row by row from the scores, their accounts, their
changes of band and a past day, 100,000 accounts take a second; a column is read in one piece. `health.kept_rows` writes
and reads them.
"""

from __future__ import annotations

from typing import ClassVar, Final

from django.db import models

#: Accounts of one bucket of ids are kept together; the triggers that mark what has changed count by it too.
BUCKET_SIZE: Final = 20_000


class PortfolioColumn(models.Model):
    """One figure of all accounts of a bucket, ids ascending, as the bytes of an array.

    They hold the whole firm and are no part of anybody's scope: only who sees everything is shown figures from them.
    """

    bucket = models.BigIntegerField(help_text="Account id divided by the size of a bucket.")
    name = models.CharField(max_length=40)
    # Stored as it is, beside the table: to compress it would cost more than to read it.
    content = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            # Serves the page, which reads some columns of every bucket.
            models.UniqueConstraint(fields=["bucket", "name"], name="health_portfoliocolumn_uniq"),
        ]

    def __str__(self) -> str:
        return f"{self.name} of bucket {self.bucket}"


class PortfolioMark(models.Model):
    """An account whose figures have changed since its bucket was kept; without an account, all of the bucket have.

    Added by triggers in the transaction of the change itself, and dropped when the bucket is kept again.
    """

    bucket = models.BigIntegerField()
    # Numbers, not keys: an account is marked by its deletion too.
    account_id = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return f"bucket {self.bucket}: {self.account_id or 'all'}"
