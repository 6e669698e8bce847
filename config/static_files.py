"""How static files are kept where Hark runs from wheels: hashed names, and compressed in no time."""

from __future__ import annotations

from typing import Any

from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage


class GzippedManifestStorage(CompressedManifestStaticFilesStorage):
    """Hashed names and gzip.

    All files together take a second; brotli, which production uses too, would save a fifth more of plotly.js and take
    twenty.
    """

    def create_compressor(self, **kwargs: Any) -> Compressor:
        return Compressor(use_brotli=False, **kwargs)
