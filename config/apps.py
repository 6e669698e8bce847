from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig

# Imported so that shared tasks are bound to Hark's Celery application in every process; not in config/__init__.py,
# which the embedded services import and which should stay quick.
from config.celery import app as celery_app

__all__ = ["ConfigConfig", "HarkAdminConfig", "celery_app"]


class ConfigConfig(AppConfig):
    name = "config"
    label = "config"

    def ready(self) -> None:
        from config import checks  # noqa: F401 - importing registers them


class HarkAdminConfig(AdminConfig):
    default_site = "config.admin_site.HarkAdminSite"
