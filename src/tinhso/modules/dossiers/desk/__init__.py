"""Pages for officials: the case page with its decisions, the counter, the printed forms."""

from django.urls import URLPattern

routes: list[URLPattern] = []
