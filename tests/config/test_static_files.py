"""Static files are compressed where Hark runs from wheels, and pages on their way."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from django.test import Client

from config.static_files import GzippedManifestStorage


def test_a_static_file_gets_a_hashed_name_and_a_gzipped_twin(tmp_path: Path) -> None:
    text = "p { color: red; }\n" * 50
    (tmp_path / "plain.css").write_text(text)
    storage = GzippedManifestStorage(location=tmp_path, base_url="/static/")
    stored = [name for _, name, _ in storage.post_process({"plain.css": (storage, "plain.css")})]
    hashed = storage.stored_name("plain.css")
    assert hashed != "plain.css"
    assert f"{hashed}.gz" in stored
    assert gzip.decompress((tmp_path / f"{hashed}.gz").read_bytes()).decode() == text
    assert not list(tmp_path.glob("*.br"))


@pytest.mark.django_db
def test_a_page_is_compressed_for_a_browser_that_takes_it(client: Client) -> None:
    plain = client.get("/sign-in/")
    packed = client.get("/sign-in/", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert packed["Content-Encoding"] == "gzip"
    assert b"<h1" in gzip.decompress(packed.content)
    assert len(packed.content) < len(plain.content) / 2
