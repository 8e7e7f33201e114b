"""Pages for the public: fill in, file, follow, supplement, take the result."""

from django.urls import URLPattern

routes: list[URLPattern] = []
