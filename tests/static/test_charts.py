"""What charts.js relies on in plotly's bundle: an update that changes it is noticed here, not in a browser."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders


def plotly() -> str:
    found = finders.find("vendor/plotly.min.js")
    assert isinstance(found, str)
    return Path(found).read_text()


def test_plotly_adds_its_rules_to_the_sheet_that_base_html_offers() -> None:
    assert '"plotly.js-style-"+' in plotly()
    assert 'id="plotly.js-style-global"' in (settings.BASE_DIR / "templates" / "base.html").read_text()


def test_the_style_sheet_of_maps_is_skipped_by_the_id_that_charts_js_sets() -> None:
    marker = "9f215cf04c5486422605d13261cb87401f4e7763b6296af81e98efbc0130da53"
    assert f'document.getElementById("{marker}")' in plotly()
    assert f'"{marker}"' in (settings.BASE_DIR / "static" / "js" / "charts.js").read_text()
