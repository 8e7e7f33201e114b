"""All addresses, and one page more whose form goes through the outbox: for ``test_outbox.py``."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template import engines
from django.urls import path

from tinhso.config.urls import handler400, handler403, handler404, handler500
from tinhso.config.urls import urlpatterns as everything
from tinhso.kernel.api.forms import sent_once
from tinhso.kernel.errors import Unavailable
from tinhso.kernel.people.models import Business
from tinhso.kernel.ui.offline import kept_offline

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

FORM = """{% extends "ui/portal.html" %}{% block title %}Góp ý{% endblock %}
{% block main %}<h1>Góp ý</h1>
{% if errors %}<div data-error-summary><ul><li>{{ errors }}</li></ul></div>{% endif %}
{% include "ui/_outbox.html" with kind="remark" %}
<form method="post" enctype="multipart/form-data" class="card stack" data-island="outbox" data-outbox="remark"
 data-title="Góp ý" data-title-from="text">{% csrf_token %}
<label class="label" for="text">Nội dung</label><input id="text" name="text" value="{{ text }}">
<label class="label" for="photo">Ảnh</label><input type="file" id="photo" name="photo">
<button class="button" type="submit">Gửi góp ý</button></form>{% endblock %}"""


@kept_offline
@sent_once
def remark(request: HttpRequest) -> HttpResponse:
    """A form with a file; the word “cấm” is refused, and for “bận” there is never time."""
    text, photo = request.POST.get("text", ""), request.FILES.get("photo")
    if "bận" in text:
        raise Unavailable
    errors = "Bỏ từ “cấm” rồi gửi lại." if "cấm" in text else ""
    if request.method == "POST" and not errors:
        count = Business.objects.count()
        Business.objects.create(name=f"{text} {photo.size if photo else 0}", tax_code=f"{count:010d}")
        return HttpResponseRedirect("/hop-gui/")
    template = engines["django"].from_string(FORM)
    return HttpResponse(template.render({"errors": errors, "text": text}, request), status=422 if errors else 200)


urlpatterns = [*everything, path("gop-y/", remark)]
