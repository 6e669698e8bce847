"""Teams and segments are added, renamed and, when empty, removed."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from accounts.models import Account, Segment, Team, User
from tests import factories


@pytest.fixture
def as_root(client: Client, root: User) -> Client:
    client.force_login(root)
    return client


def words() -> list[str]:
    return list(LogEntry.objects.order_by("pk").values_list("change_message", flat=True))


def test_a_team_is_added_renamed_and_removed(as_root: Client) -> None:
    as_root.post("/manage/teams/", {"name": "West"})
    team = Team.objects.get(name="West")
    as_root.post(f"/manage/teams/{team.pk}/", {"name": "Far West"})
    team.refresh_from_db()
    assert team.name == "Far West"
    as_root.post(f"/manage/teams/{team.pk}/remove/")
    assert not Team.objects.exists()
    assert words() == ["added", "changed name", "removed"]


def test_a_team_in_use_stays(as_root: Client, account: Account, north: Team) -> None:
    page = as_root.post(f"/manage/teams/{north.pk}/remove/", follow=True)
    assert Team.objects.filter(pk=north.pk).exists()
    assert "still in use" in page.content.decode()
    assert words() == []


def test_a_name_is_given_once(as_root: Client, north: Team) -> None:
    answer = as_root.post("/manage/teams/", {"name": "North"})
    assert answer.status_code == 422
    assert "a team of this name" in answer.content.decode()


def test_segments_stand_in_their_order(as_root: Client) -> None:
    for name, position in (("Small", 3), ("Large", 1)):
        as_root.post("/manage/segments/", {"name": name, "position": position})
    assert [row.name for row in as_root.get("/manage/segments/").context["rows"]] == ["Large", "Small"]
    small = Segment.objects.get(name="Small")
    as_root.post(f"/manage/segments/{small.pk}/", {"name": "Small", "position": "0"})
    assert [row.name for row in as_root.get("/manage/segments/").context["rows"]] == ["Small", "Large"]


@pytest.mark.parametrize("count", [1, 9])
@pytest.mark.parametrize("path", ["/manage/teams/", "/manage/segments/"])
def test_a_list_asks_as_much_for_many_as_for_few(
    as_root: Client, count: int, path: str, django_assert_max_num_queries: object
) -> None:
    factories.TeamFactory.create_batch(count)
    factories.SegmentFactory.create_batch(count)
    # session, user, the rows; for teams their members too
    with django_assert_max_num_queries(4):  # type: ignore[operator]
        as_root.get(path)
