from django.utils.html import json_script

from health.charts.card import ChartCard, Table
from health.templatetags.charts import figure_script, table_rows


def test_a_figure_is_written_as_django_writes_json():
    figure = {"data": [{"text": "<b>Wren & Co</b></script>\u20ac", "y": [1, 2.5, None]}]}
    card = ChartCard("shares", "", "", Table((), ()), figure)
    assert figure_script(card) == json_script(figure, "shares")


def test_equal_values_of_different_kinds_are_each_written_as_what_they_are():
    cells = table_rows(Table(("", "", ""), (("a", 1, 1.0),)))
    assert cells == '<tr><th scope="row">a</th><td class="num">1</td><td class="num">1.0</td></tr>'
