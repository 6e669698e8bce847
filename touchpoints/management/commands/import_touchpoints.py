"""`manage.py import_touchpoints FILE`: import touchpoints from a CSV file."""

from touchpoints.management.importing import ImportCommand
from touchpoints.parsers.fields import Kind


class Command(ImportCommand):
    help = "Import touchpoints from a CSV file."
    kind = Kind.TOUCHPOINTS
