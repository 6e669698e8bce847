"""What the three import commands share: their arguments, a progress bar, a summary and an exit code."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from tqdm import tqdm

from touchpoints.models import BatchStatus, ImportBatch
from touchpoints.parsers.dates import DateOrder
from touchpoints.parsers.fields import FIELDS, Kind
from touchpoints.parsers.inspect import Inspection
from touchpoints.parsers.records import UnreadableFileError
from touchpoints.parsers.values import CHANNELS, DIRECTIONS
from touchpoints.selectors.imports import booked_ahead
from touchpoints.services import imports

ALL_TAKEN, NOT_IMPORTED, SOME_REJECTED = 0, 2, 3


class ImportCommand(BaseCommand):
    """Import a file in the foreground, through the same service as the browser; no worker is needed."""

    kind: ClassVar[Kind]
    epilog = f"Exit code: {ALL_TAKEN} all rows taken, {NOT_IMPORTED} not imported, {SOME_REJECTED} some rows rejected."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.epilog = self.epilog
        parser.add_argument("file", type=Path, metavar="FILE", help="a CSV file, plain or gzipped")
        parser.add_argument("--source", default="", help="name of the source; default: the name of the file")
        parser.add_argument("--encoding", help="such as utf-8 or cp1252; default: guessed")
        parser.add_argument("--delimiter", help='such as ";"; default: guessed')
        parser.add_argument("--date-order", choices=[order.value for order in DateOrder if order != "ambiguous"])
        parser.add_argument(
            "--time-zone", help="of times without an offset, such as Europe/Berlin; default: the firm's"
        )
        fields = ", ".join(field.name for field in FIELDS[self.kind])
        parser.add_argument(
            "--map", action="append", default=[], metavar="FIELD=COLUMN",
            help=f"column of a field, by name or by number from 1; default: guessed. Fields: {fields}",
        )  # fmt: skip
        if self.kind != Kind.ACCOUNTS:
            parser.add_argument(
                "--reject-unknown", action="store_true", help="reject rows of unknown accounts; default: create them"
            )
        if self.kind == Kind.TOUCHPOINTS:
            parser.add_argument("--default-channel", choices=CHANNELS, help="where the file does not say")
            parser.add_argument("--default-direction", choices=DIRECTIONS, help="where the file does not say")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        if not file.is_file():
            raise CommandError(f"There is no file {file}.", returncode=NOT_IMPORTED)
        try:
            receipt = imports.receive_file(
                source_name=options["source"] or file.name.split(".")[0],
                kind=self.kind.value,
                file=file,
                file_name=file.name,
                uploaded_by=None,
                now=timezone.now(),
            )
            batch = receipt.batch
            if batch.status == BatchStatus.DONE:
                self.stdout.write(
                    f"This file was imported from “{batch.source}” on {timezone.localtime(batch.finished_at):%-d %B %Y}"
                    " already. Nothing was changed: 0 created."
                )
                return
            inspection = self._inspect(batch, options)
        except (ValueError, UnreadableFileError) as error:
            raise CommandError(str(error), returncode=NOT_IMPORTED) from error
        imports.start_import(batch=batch, options=inspection.options, now=timezone.now())
        self._run(batch)

    def _inspect(self, batch: ImportBatch, options: dict[str, Any]) -> Inspection:
        """Look at the file with the choices of the command line; stop when something must be chosen."""
        names = ("encoding", "delimiter", "date_order", "time_zone", "default_channel", "default_direction")
        fixed = {name: options[name] for name in names if options.get(name)}
        if fixed.get("delimiter") == "\\t":
            fixed["delimiter"] = "\t"
        if options.get("reject_unknown"):
            fixed["create_unknown_accounts"] = False
        inspection = imports.inspect_batch(batch, fixed=fixed)
        if options["map"]:
            fixed["mapping"] = dict(inspection.options.mapping) | self._mapping(options["map"], inspection)
            inspection = imports.inspect_batch(batch, fixed=fixed)
        for problem in inspection.problems:
            self.stderr.write(f"{problem.severity}: {problem.message}")
        if not inspection.is_ready:
            missing = inspection.options.missing()
            hint = f" Still to be chosen: {', '.join(missing)} (see --map)." if missing else ""
            raise ValueError(f"The file cannot be imported yet.{hint} See --help for the choices.")
        return inspection

    def _mapping(self, given: list[str], inspection: Inspection) -> dict[str, int]:
        columns = {column.name.lower(): column.number for column in inspection.columns}
        mapping = {}
        for pair in given:
            field, equals, column = pair.partition("=")
            if not equals or field not in {one.name for one in FIELDS[self.kind]}:
                raise ValueError(f"--map {pair}: write FIELD=COLUMN, with one of the fields that --help lists")
            if column.isdigit():
                mapping[field] = int(column) - 1
            elif column.lower() in columns:
                mapping[field] = columns[column.lower()]
            else:
                raise ValueError(f"--map {pair}: the file has no column “{column}”")
        return mapping

    def _run(self, batch: ImportBatch) -> None:
        began = timezone.now()
        with tqdm(total=batch.size_bytes, unit="B", unit_scale=True, disable=not sys.stderr.isatty()) as bar:

            def show(state: ImportBatch) -> None:
                bar.update(min(state.bytes_done, state.size_bytes) - bar.n)
                bar.set_postfix_str(f"{state.rows_read:,} rows, {state.rejected_count:,} rejected")

            outcome = imports.run_import(batch_id=batch.pk, clock=timezone.now, progress=show)
        if outcome is None:
            raise CommandError("The import was deleted while it ran.", returncode=NOT_IMPORTED)
        if not outcome.is_mine:
            raise CommandError("A worker is importing this file already.", returncode=NOT_IMPORTED)
        self._summarise(outcome.batch, (timezone.now() - began).total_seconds())

    def _summarise(self, batch: ImportBatch, seconds: float) -> None:
        if batch.status == BatchStatus.FAILED:
            raise CommandError(batch.error, returncode=NOT_IMPORTED)
        rate = batch.rows_read / max(seconds, 0.001)
        self.stdout.write(
            f"{batch.rows_read:,} rows in {seconds:.1f} s ({rate:,.0f} a second): {batch.created_count:,} created, "
            f"{batch.updated_count:,} updated, {batch.unchanged_count:,} unchanged, {batch.rejected_count:,} rejected; "
            f"{batch.accounts_created_count:,} new accounts."
        )
        if ahead := booked_ahead(batch, now=timezone.now()):
            self.stdout.write(f"{ahead:,} of its touches lie in the future. They count once their time has come.")
        if batch.rejected_count:
            self.stdout.write(
                "Rejected rows wait to be mended on the import's page, with their reasons. The first are:"
            )
            for row in batch.rejected_rows.all()[:5]:
                self.stdout.write(f"  line {row.line_number}: {row.message}")
            sys.exit(SOME_REJECTED)
