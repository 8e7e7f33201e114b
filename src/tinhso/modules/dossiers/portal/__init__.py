"""Pages for the public: fill in, file, follow, supplement, take the result."""

from django.urls import URLPattern, path

from tinhso.modules.dossiers.portal import filling, following, messages

routes: list[URLPattern] = [
    path("ho-so/", following.mine, name="mine"),
    path("ho-so/nop/<str:code>/", filling.start, name="start"),
    path("ho-so/nhap/<uuid:token>/", filling.hub, name="draft"),
    path("ho-so/nhap/<uuid:token>/luu/", filling.autosave, name="autosave"),
    path("ho-so/nhap/<uuid:token>/giay-to/", filling.papers, name="draft_papers"),
    path("ho-so/nhap/<uuid:token>/giay-to/<str:code>/", filling.add_paper, name="draft_add"),
    path("ho-so/nhap/<uuid:token>/giay-to/<str:code>/dung-lai/", filling.use_kept, name="draft_kept"),
    path("ho-so/nhap/<uuid:token>/tep/<int:part_id>/", filling.part, name="draft_part"),
    path("ho-so/nhap/<uuid:token>/tep/<int:part_id>/bo/", filling.remove_part, name="draft_remove"),
    path("ho-so/nhap/<uuid:token>/kiem-tra/", filling.check, name="draft_check"),
    path("ho-so/nhap/<uuid:token>/xoa/", filling.discard, name="draft_discard"),
    path("ho-so/nhap/<uuid:token>/<slug:code>/", filling.section, name="draft_section"),
    path("ho-so/trao-doi/<int:case_id>/", messages.messages, name="messages"),
    path("ho-so/<str:number>/", following.tracking, name="tracking"),
    path("ho-so/<str:number>/da-nop/", following.filed, name="filed"),
    path("ho-so/<str:number>/vi-sao/", following.why, name="why"),
    path("ho-so/<str:number>/bo-sung/", following.supplement, name="supplement"),
    path("ho-so/<str:number>/rut/", following.withdraw, name="withdraw"),
    path("ho-so/<str:number>/ket-qua/", following.result, name="result"),
    path("ho-so/<str:number>/giay/<int:paper_id>/", following.paper, name="paper"),
    path("ho-so/<str:number>/tep/<int:part_id>/", following.part, name="part"),
]
