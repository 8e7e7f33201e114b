from django.urls import path

from tinhso.shell.workshop import calendars, identity, journal, people, reorganisation, units

app_name = "workshop"

desk = [
    path("quan-tri/don-vi/", units.show_tree, name="units"),
    path("quan-tri/don-vi/<int:unit_id>/", units.show_unit, name="unit"),
    path("quan-tri/don-vi/<int:unit_id>/them/", units.add, name="unit_add"),
    path("quan-tri/don-vi/<int:unit_id>/doi-ten/", units.rename, name="unit_rename"),
    path("quan-tri/don-vi/<int:unit_id>/ket-thuc/", units.end, name="unit_end"),
    path("quan-tri/sap-xep/", reorganisation.show_list, name="reorganisations"),
    path("quan-tri/sap-xep/lap/", reorganisation.draft, name="reorganisation_draft"),
    path("quan-tri/sap-xep/<int:plan_id>/", reorganisation.show_plan, name="reorganisation"),
    path("quan-tri/sap-xep/<int:plan_id>/don-vi-moi/", reorganisation.found, name="reorganisation_found"),
    path("quan-tri/sap-xep/<int:plan_id>/buoc/", reorganisation.add_step, name="reorganisation_step"),
    path("quan-tri/sap-xep/<int:plan_id>/bo/", reorganisation.remove, name="reorganisation_remove"),
    path("quan-tri/sap-xep/<int:plan_id>/van-ban/", reorganisation.write, name="reorganisation_write"),
    path("quan-tri/sap-xep/<int:plan_id>/<slug:what>/", reorganisation.act, name="reorganisation_act"),
    path("quan-tri/can-bo/", people.show_list, name="people"),
    path("quan-tri/can-bo/them/", people.register, name="register"),
    path("quan-tri/can-bo/<int:account_id>/", people.show_official, name="official"),
    path("quan-tri/can-bo/<int:account_id>/bo-nhiem/", people.appoint, name="appoint"),
    path("quan-tri/can-bo/<int:account_id>/vai-tro/", people.give_role, name="give_role"),
    path("quan-tri/vi-tri/<int:position_id>/ket-thuc/", people.end_position, name="end_position"),
    path("doi-chieu/", identity.confirm, name="confirm_identity"),
    path("quan-tri/vai-tro/<int:grant_id>/thu/", people.take_role, name="take_role"),
    path("quan-tri/lich/", calendars.show_days, name="days"),
    path("quan-tri/lich/ghi/", calendars.set_day, name="set_day"),
    path("quan-tri/lich/bo/", calendars.remove_day, name="remove_day"),
    path("quan-tri/lich-su/", journal.show_journal, name="journal"),
    path("quan-tri/lich-su/kiem-tra/", journal.check, name="check"),
]
