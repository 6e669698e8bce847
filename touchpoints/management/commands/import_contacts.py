"""`manage.py import_contacts FILE`: import contacts from a CSV file."""

from touchpoints.management.importing import ImportCommand
from touchpoints.parsers.fields import Kind


class Command(ImportCommand):
    help = "Import contacts from a CSV file."
    kind = Kind.CONTACTS
