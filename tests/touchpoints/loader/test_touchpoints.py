"""Touches in bulk: what a replay, a change, a deletion by hand and people do."""

from __future__ import annotations

import pytest

from accounts.models import Account, Contact
from tests import factories
from tests.touchpoints.files_on_disk import NOW, import_text
from touchpoints.models import AccountActivity, Touchpoint

pytestmark = pytest.mark.django_db

HEAD = "external_id,account,at,channel,direction,subject,contact,our_person\n"


def row(number: int, account: str = "Acme 1", *, subject: str = "Hello", contact: str = "", ours: str = "") -> str:
    return f"T-{number},{account},2026-05-0{number}T09:00:00Z,email,inbound,{subject},{contact},{ours}\n"


def versions() -> dict[str, int]:
    return {one.account.name: one.version for one in AccountActivity.objects.select_related("account")}


def test_a_changed_row_updates_its_touch_and_the_others_stay() -> None:
    import_text(HEAD + row(1) + row(2))
    batch = import_text(HEAD + row(1, subject="Hello again") + row(2))
    assert (batch.created_count, batch.updated_count, batch.unchanged_count) == (0, 1, 1)
    assert Touchpoint.objects.get(external_id="T-1").subject == "Hello again"


def test_activity_rises_exactly_for_the_accounts_that_changed() -> None:
    import_text(HEAD + row(1, "Acme 1") + row(2, "Birch 2"))
    import_text(HEAD + row(1, "Acme 1") + row(2, "Birch 2", subject="New"))
    assert versions() == {"Acme 1": 1, "Birch 2": 2}


def test_a_touch_that_moves_raises_the_account_it_left_too() -> None:
    import_text(HEAD + row(1, "Acme 1") + row(2, "Birch 2"))
    import_text(HEAD + row(1, "Birch 2"))
    assert versions() == {"Acme 1": 2, "Birch 2": 2}


def test_what_was_edited_or_deleted_by_hand_stands() -> None:
    import_text(HEAD + row(1) + row(2))
    Touchpoint.objects.filter(external_id="T-1").update(is_edited=True, subject="Mine")
    Touchpoint.objects.filter(external_id="T-2").update(deleted_at=NOW)
    batch = import_text(HEAD + row(1, subject="Theirs", contact="jo@acme.example") + row(2, subject="Theirs"))
    assert (batch.created_count, batch.updated_count, batch.unchanged_count) == (0, 0, 2)
    assert list(Touchpoint.objects.shown().values_list("subject", flat=True)) == ["Mine"]
    assert not Touchpoint.objects.get(external_id="T-1").contacts.exists()


def test_a_text_that_the_file_leaves_empty_stays() -> None:
    import_text(HEAD + row(1, subject="Kept", ours="Old Friend"))
    import_text("external_id,account,at,channel,direction\nT-1,Acme 1,2026-05-02T09:00:00Z,email,inbound\n")
    touch = Touchpoint.objects.get(external_id="T-1")
    assert (touch.subject, touch.our_names, touch.occurred_at.day) == ("Kept", "Old Friend", 2)


def test_of_rows_with_one_id_the_last_counts() -> None:
    batch = import_text(HEAD + row(1, subject="First") + row(1, subject="Last"))
    assert (batch.created_count, batch.unchanged_count) == (1, 1)
    assert Touchpoint.objects.get().subject == "Last"


def test_people_of_a_row_that_did_not_change_follow_the_file() -> None:
    import_text(HEAD + row(1, contact="jo@acme.example") + row(2))
    batch = import_text(HEAD + row(1, contact="kim@acme.example") + row(2))
    assert (batch.updated_count, batch.unchanged_count) == (1, 1)
    touch = Touchpoint.objects.get(external_id="T-1")
    assert list(touch.contacts.values_list("email", flat=True)) == ["kim@acme.example"]
    assert versions() == {"Acme 1": 2}


def test_people_are_created_once_whatever_their_case() -> None:
    import_text(HEAD + row(1, contact="Jo.Pell@acme.example") + row(2, contact="jo.pell@ACME.example"))
    assert list(Contact.objects.values_list("name", flat=True)) == ["Jo Pell"]
    assert Contact.objects.get().touchpoints.count() == 2


def test_colleagues_are_linked_and_strangers_kept_by_name() -> None:
    alice = factories.UserFactory(full_name="Alice Ahlgren", email="alice@hark.example")
    import_text(HEAD + row(1, ours="ALICE Ahlgren; Old Friend"))
    touch = Touchpoint.objects.get()
    assert list(touch.colleagues.all()) == [alice]
    assert touch.our_names == "Old Friend"


def test_a_very_long_id_is_kept_apart_from_its_neighbour() -> None:
    long = "x" * 300
    line = "{},Acme 1,2026-05-01T09:00:00Z,email,inbound,,,\n"
    import_text(HEAD + line.format(long + "1") + line.format(long + "2"))
    assert Touchpoint.objects.count() == 2


def test_a_row_the_database_refuses_is_kept_and_the_others_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    from touchpoints.loader import touchpoints as loader

    plain = loader._staged

    def broken(record, *rest):  # type: ignore[no-untyped-def]
        values = plain(record, *rest)
        return (*values[:2], "pigeon" if record.external_id == "T-2" else values[2], *values[3:])

    monkeypatch.setattr(loader, "_staged", broken)
    batch = import_text(HEAD + row(1) + row(2) + row(3))
    assert (batch.status, batch.created_count, batch.rejected_count) == ("done", 2, 1)
    refused = batch.rejected_rows.get()
    assert (refused.line_number, refused.reason_code) == (3, "refused")
    assert "touchpoints_touch_channel_known" in refused.message or "check constraint" in refused.message


def test_unknown_accounts_are_rejected_when_they_may_not_be_created() -> None:
    factories.AccountFactory(name="Acme 1")
    batch = import_text(HEAD + row(1) + row(2, "Nobody"), create_unknown_accounts=False)
    assert (batch.created_count, batch.rejected_count) == (1, 1)
    assert "No account is called “Nobody”" in batch.rejected_rows.get().message
    assert Account.objects.count() == 1
