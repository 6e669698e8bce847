from __future__ import annotations

from django.urls import URLPattern, path

from touchpoints.views import touches

urlpatterns: list[URLPattern] = [
    path("touches/log/", touches.touch_log, name="touch-log"),
    path("touches/<int:pk>/edit/", touches.touch_edit, name="touch-edit"),
    path("touches/<int:pk>/delete/", touches.touch_delete, name="touch-delete"),
    path("touches/<int:pk>/restore/", touches.touch_restore, name="touch-restore"),
]
