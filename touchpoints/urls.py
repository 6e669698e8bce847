from __future__ import annotations

from django.urls import URLPattern, path

from touchpoints.views import calls, imports, rejected, sources, touches

urlpatterns: list[URLPattern] = [
    path("touches/log/", touches.touch_log, name="touch-log"),
    path("touches/<int:pk>/edit/", touches.touch_edit, name="touch-edit"),
    path("touches/<int:pk>/delete/", touches.touch_delete, name="touch-delete"),
    path("touches/edits/<int:pk>/undo/", touches.touch_undo_edit, name="touch-undo-edit"),
    path("touches/<int:pk>/restore/", touches.touch_restore, name="touch-restore"),
    path("touches/call/", calls.call_log, name="call-log"),
    path("touches/take-back/", calls.take_back, name="touches-take-back"),
    path("imports/", imports.import_list, name="imports"),
    path("imports/new/", imports.import_new, name="import-new"),
    path("imports/<int:pk>/", imports.import_batch, name="import-batch"),
    path("imports/<int:pk>/discard/", imports.import_discard, name="import-discard"),
    path("imports/<int:pk>/rejected.csv", rejected.import_rejected, name="import-rejected"),
    path("imports/<int:pk>/retry/", rejected.import_retry, name="import-retry"),
    path("imports/rejected/<int:pk>/", rejected.rejected_mend, name="rejected-mend"),
    path("imports/rejected/<int:pk>/dismiss/", rejected.rejected_dismiss, name="rejected-dismiss"),
    path("manage/sources/", sources.sources, name="sources"),
    path("manage/sources/<int:pk>/", sources.source_edit, name="source-edit"),
]
