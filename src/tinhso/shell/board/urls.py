from django.urls import path

from tinhso.shell.board import pages, wall

app_name = "board"

desk = [
    path("dieu-hanh/", pages.board, name="home"),
    path("dieu-hanh/man-hinh/", wall.wall, name="wall"),
    path("dieu-hanh/nguoi-dung/", pages.users, name="users"),
    path("dieu-hanh/danh-sach/", pages.behind, name="list"),
]
