from django.urls import path

from tinhso.kernel.api import pages

app_name = "api_keys"

urlpatterns = [
    path("tai-khoan/khoa-api/", pages.show_list, name="list"),
    path("tai-khoan/khoa-api/lap/", pages.create, name="create"),
    path("tai-khoan/khoa-api/<int:key_id>/thu/", pages.revoke, name="revoke"),
]
