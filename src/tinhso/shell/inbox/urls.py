from django.urls import path

from tinhso.shell.inbox import pages

desk = [
    path("", pages.inbox, name="desk"),
    path("viec/", pages.inbox, name="desk_list"),
    path("viec/in/", pages.print_list, name="desk_print"),
    path("viec/nhan-tiep/", pages.take_next, name="desk_take"),
    path("viec/<str:number>/xem/", pages.peek, name="desk_peek"),
]
