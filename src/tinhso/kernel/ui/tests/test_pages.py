"""The frame's own pages, every component, and the rules every template keeps."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Template
from django.template.loader import get_template, render_to_string
from django.test import Client, RequestFactory
from django_cotton.compiler_regex import CottonCompiler

from tinhso.kernel.people.marks import mark_of
from tinhso.kernel.ui import bundle, gallery

SOURCE = Path(__file__).resolve().parents[3]
COMPONENTS = sorted((SOURCE / "kernel/ui/templates/cotton").glob("*.html"))


@pytest.fixture
def visit():
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    request.actor = None
    return request


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.stem)
def test_every_component_renders_by_itself(path, visit):
    given = {"attrs": "", "slot": "lời", "file": {"name": "a", "size": 1}}
    html = get_template(f"cotton/{path.name}").render(given, visit)
    assert "{%" not in html
    assert "<c-" not in html


@pytest.mark.parametrize("name", gallery.FRAMES)
def test_sample_pages_render_with_one_heading_and_one_main(name, visit):
    html = render_to_string(
        f"ui/gallery_{name}.html", {**gallery.samples(), "frame": gallery.SampleFrame(visit)}, visit
    )
    assert html.count("<h1") == 1
    assert html.count("<main") == 1
    assert "{%" not in html
    assert "<c-" not in html


def test_the_gallery_shows_every_status_word(visit):
    html = render_to_string("ui/gallery.html", gallery.samples(), visit)
    assert "Cần bổ sung" in html
    assert "<c-" not in html


def test_no_template_has_inline_styles_or_scripts():
    forbidden = re.compile(
        r"""\sstyle\s*=|<style|<script(?![^>]*\b(src|type="application/json")=?)|\son\w+\s*=\s*["']"""
    )
    guilty = [
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("templates/**/*.html")
        if "/mail/" not in str(path) and forbidden.search(path.read_text())
    ]
    assert guilty == []


def test_the_manifest_names_pictures_and_ways_in_that_exist():
    answer = Client().get("/manifest.webmanifest")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/manifest+json"
    said = answer.json()
    names = {shown["src"].removeprefix("/static/") for shown in (*said["icons"], *said["screenshots"])}
    assert {name for name in names if not (bundle.DIST.parent / name).exists()} == set()
    assert "/phan-anh/gui/" in {way["url"] for way in said["shortcuts"]}
    assert (said["id"], said["scope"], said["start_url"]) == ("/", "/", "/")


def test_the_offline_page_names_nobody():
    html = Client().get("/khong-co-mang/").content.decode()
    assert "Bạn đang ngoại tuyến" in html


def test_the_service_worker_keeps_only_hashed_files_and_copies_made_without_cookies():
    worker = b"".join(Client().get("/sw.js").streaming_content).decode()
    assert "__BUILD__" not in worker
    assert worker.count(".put(request, answer.clone())") == 1  # hashed assets
    assert worker.count("cache.put(") == worker.count('credentials: "omit"') == 1
    assert '"/khong-co-mang/"' in worker


def test_the_outbox_page_says_that_a_copy_may_be_kept_and_names_nobody():
    answer = Client().get("/hop-gui/")
    assert (answer.status_code, answer["Offline-Copy"]) == (200, "1")
    assert 'data-account=""' in answer.content.decode()


@pytest.mark.django_db
def test_who_sends_is_told_by_a_mark_and_never_cached(django_user_model):
    nobody = Client().get("/hop-gui/nguoi-gui/")
    assert (nobody.json()["account"], nobody["Cache-Control"]) == (
        "",
        "max-age=0, no-cache, no-store, must-revalidate, private",
    )
    lan, window = django_user_model.objects.create_user("lan", "", None), Client()
    window.force_login(lan)
    assert window.get("/hop-gui/nguoi-gui/").json()["account"] == mark_of(lan.pk)


def test_the_look_is_remembered_and_goes_back_only_within_the_site():
    answer = Client().post("/giao-dien/", {"theme": "dark", "next": "/tim-kiem/"})
    assert answer.status_code == 302
    assert answer["Location"] == "/tim-kiem/"
    assert answer.cookies["theme"].value == "dark"
    assert Client().post("/giao-dien/", {"theme": "dark", "next": "https://example.org/"})["Location"] == "/"


def test_an_unknown_look_is_not_kept():
    answer = Client().post("/giao-dien/", {"theme": "neon"})
    assert answer.cookies["theme"].value == ""


@pytest.mark.parametrize("code", [400, 403, 404, 429, 500, 503])
def test_error_pages_say_what_to_do_next(code, visit):
    html = render_to_string(f"{code}.html", {}, visit)
    assert html.count("<h1") == 1
    assert "1022" in html


def test_a_cookie_sets_theme_and_size(visit):
    visit.COOKIES.update({"theme": "dark", "size": "125"})
    html = render_to_string("ui/offline.html", {}, visit)
    assert '<html lang="vi" data-theme="dark" data-size="125"' in html


def test_a_field_puts_its_error_between_label_and_input():
    source = '<c-input name="so_nha" label="Số nhà" hint="Gợi ý" error="Nhập số nhà" />'
    html = Template(CottonCompiler().process(source)).render(Context({}))
    order = [html.index(part) for part in ("Số nhà</label>", "Gợi ý", "Nhập số nhà", "<input")]
    assert order == sorted(order)
    assert 'aria-describedby="so_nha-goi-y so_nha-loi"' in html
    assert 'aria-invalid="true"' in html


def test_plain_templates_know_the_tags():
    assert "tag warn" in Template('{% load ui %}{% status "supplement" %}').render(Context({}))
