from __future__ import annotations

from django.urls import URLPattern, path

from accounts.views import accounts, groups, passwords, people, settings, signing_in

urlpatterns: list[URLPattern] = [
    path("sign-in/", signing_in.sign_in, name="sign-in"),
    path("sign-out/", signing_in.sign_out, name="sign-out"),
    path("set-password/<str:uidb64>/<str:token>/", passwords.SetPasswordView.as_view(), name="set-password"),
    path("settings/", settings.settings, name="settings"),
    path("settings/theme/", settings.theme, name="theme"),
    path("settings/password/", settings.password, name="password"),
    path("accounts/new/", accounts.account_new, name="account-new"),
    path("accounts/<int:pk>/edit/", accounts.account_edit, name="account-edit"),
    path("accounts/<int:pk>/contacts/new/", accounts.contact_new, name="contact-new"),
    path("contacts/<int:pk>/edit/", accounts.contact_edit, name="contact-edit"),
    path("manage/", people.manage, name="manage"),
    path("manage/people/", people.people, name="people"),
    path("manage/people/new/", people.person_new, name="person-new"),
    path("manage/people/<int:pk>/", people.person_edit, name="person-edit"),
    path("manage/people/<int:pk>/link/", people.person_link, name="person-link"),
    path("manage/people/<int:pk>/hand-over/", people.person_hand_over, name="person-hand-over"),
    path("manage/teams/", groups.teams, name="teams"),
    path("manage/teams/<int:pk>/", groups.team_edit, name="team-edit"),
    path("manage/teams/<int:pk>/remove/", groups.team_remove, name="team-remove"),
    path("manage/segments/", groups.segments, name="segments"),
    path("manage/segments/<int:pk>/", groups.segment_edit, name="segment-edit"),
    path("manage/segments/<int:pk>/remove/", groups.segment_remove, name="segment-remove"),
    path("contacts/<int:pk>/left/", accounts.contact_left, name="contact-left"),
    path("contacts/<int:pk>/back/", accounts.contact_back, name="contact-back"),
]
