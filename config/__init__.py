"""The composition root: settings, routes, the Celery application and what surrounds every request."""
