"""`manage.py import_accounts FILE`: import accounts from a CSV file."""

from touchpoints.management.importing import ImportCommand
from touchpoints.parsers.fields import Kind


class Command(ImportCommand):
    help = "Import accounts from a CSV file."
    kind = Kind.ACCOUNTS
