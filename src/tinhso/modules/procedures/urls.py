"""Addresses: ``portal`` for the public, ``desk`` under the officials' prefix."""

from __future__ import annotations

from django.urls import path, register_converter

from tinhso.modules.procedures import desk as officials
from tinhso.modules.procedures import portal as pages

app_name = "procedures"


class CodeConverter:
    regex = r"[0-9]\.[0-9]{6}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(CodeConverter, "procedure_code")

portal = [
    path("thu-tuc/", pages.catalogue, name="catalogue"),
    path("thu-tuc/<procedure_code:code>/", pages.page, name="page"),
]
desk = [
    path("thu-tuc/", officials.procedures, name="list"),
    path("thu-tuc/moi/", officials.new, name="new"),
    path("thu-tuc/<procedure_code:code>/", officials.procedure, name="detail"),
    path("thu-tuc/<procedure_code:code>/soan/", officials.begin, name="begin"),
    path("thu-tuc/<procedure_code:code>/so-sanh/", officials.comparison, name="compare"),
    path("thu-tuc/<procedure_code:code>/bai-bo/", officials.abolish, name="abolish"),
    path("thu-tuc/<procedure_code:code>/ban/<int:number>/", officials.version, name="version"),
    path("thu-tuc/<procedure_code:code>/ban/<int:number>/sua/", officials.edit, name="edit"),
    path("thu-tuc/<procedure_code:code>/ban/<int:number>/cong-bo/", officials.publish, name="publish"),
    path("thu-tuc/<procedure_code:code>/ban/<int:number>/bo/", officials.throw_away, name="throw_away"),
]
