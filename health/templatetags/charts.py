"""`{% table_rows table %}`: the body of a chart's table of data."""

from __future__ import annotations

from django import template
from django.utils.formats import localize
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from health.charts.card import Cell, Link, Table

register = template.Library()


@register.simple_tag
def table_rows(table: Table) -> SafeString:
    """Write the rows of `table`, the first cell of each as its head.

    A table may have 300 rows: put together here they take a fifth of the time of a loop in a template.
    """
    rows = "".join(_row(*row) for row in table.rows)
    return mark_safe(rows)  # noqa: S308 - every cell was escaped


def _row(head: Cell, *cells: Cell) -> str:
    values = "".join(f'<td class="num">{_shown(cell)}</td>' for cell in cells)
    return f'<tr><th scope="row">{_shown(head)}</th>{values}</tr>'


def _shown(cell: Cell) -> str:
    if isinstance(cell, Link):
        return format_html('<a href="{}">{}</a>', cell.url, localize(cell.value))
    return "" if cell is None else conditional_escape(localize(cell))
