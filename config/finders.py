"""Static files that come with libraries: plotly.js from the plotly package, so that no copy lives in the repository."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage


class PlotlyFinder(BaseFinder):
    """Serves the plotly package's plotly.min.js as `vendor/plotly.min.js`."""

    name = "plotly.min.js"
    prefix = "vendor"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.folder = Path(str(files("plotly") / "package_data"))
        self.storage = FileSystemStorage(location=self.folder)
        self.storage.prefix = self.prefix  # type: ignore[attr-defined]
        super().__init__(*args, **kwargs)

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        if path != f"{self.prefix}/{self.name}":
            return []
        found = str(self.folder / self.name)
        return [found] if find_all else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        yield self.name, self.storage
