"""What a phone or computer is told when the site is installed as an app: name, pictures, ways in (W3C App Manifest)."""

from __future__ import annotations

from typing import Any

from django.templatetags.static import static
from django.utils.translation import gettext as _

from tinhso.kernel.manifest import registry
from tinhso.kernel.ui import bundle
from tinhso.kernel.ui.context import PAGES, address_of

SIZES = (192, 512)
WAYS_IN = 4  # more are shown by no system
PICTURES = (("phone", "780x1688", "narrow"), ("desk", "1440x900", "wide"))


def web_manifest() -> dict[str, Any]:
    """The manifest in the reader's language."""
    return {
        "id": "/",
        "name": _("Tỉnh Số"),
        "short_name": "Tỉnh Số",
        "description": _("Tìm thủ tục, nộp và theo dõi hồ sơ, gửi phản ánh, đặt câu hỏi với chính quyền tỉnh."),
        "lang": "vi",
        "dir": "ltr",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#F4F7F6",
        "theme_color": "#00413C",
        "categories": ["government", "utilities"],
        "icons": _icons(),
        "screenshots": _screenshots(),
        "shortcuts": _shortcuts(),
    }


def _icons() -> list[dict[str, str]]:
    """The pictures fill the square, so the same may be masked; the drawing serves where any size is taken."""
    drawn = [
        {"src": static(f"app-icons/{size}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for size in SIZES
        for purpose in ("any", "maskable")
    ]
    return [*drawn, {"src": bundle.mark(), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}]


def _screenshots() -> list[dict[str, str]]:
    label = _("Trang chủ: tìm thủ tục, việc cần làm, cảnh báo")
    return [
        {"src": static(f"app-pictures/{name}.png"), "sizes": sizes, "type": "image/png", "form_factor": form,
         "label": label}
        for name, sizes, form in PICTURES
    ]  # fmt: skip


def _shortcuts() -> list[dict[str, Any]]:
    """Looking a dossier up, and what modules offer first on the home page."""
    offered = [(_(one.title), address_of(one.page)) for one in registry.collect("shortcuts")]
    ways = [(_("Tra cứu hồ sơ"), address_of(*PAGES["look_up"])), *offered]
    icon = {"src": static("app-icons/192.png"), "sizes": "192x192", "type": "image/png"}
    return [{"name": name, "url": url, "icons": [icon]} for name, url in ways if url][:WAYS_IN]
