"""Entry for the application server."""

import os

from tinhso.config.lifeline import stop_while_loading

stop_while_loading()

from django.core.wsgi import get_wsgi_application  # noqa: E402

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tinhso.config.settings")
application = get_wsgi_application()

# Load all pages' code before the first request instead of during it.
from django.urls import get_resolver  # noqa: E402

get_resolver().url_patterns  # noqa: B018
