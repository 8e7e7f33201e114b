"""Pages for officials: the case page with its decisions, the counter, the printed forms."""

from django.urls import URLPattern, path

from tinhso.modules.dossiers.desk import case, counter, deciding, filling_in, messages, printed, versions

routes: list[URLPattern] = [
    path("quay/", counter.counter, name="counter"),
    path("quay/da-nhan/<str:number>/", counter.done, name="counter_done"),
    path("quay/tim/", counter.find, name="counter_find"),
    path("quay/huong-dan/<int:guidance_id>/", counter.guidance, name="guidance"),
    path("tra-cuu-ho-so/", counter.listed, name="listed"),
    path("chuyen-ban/", versions.procedures_to_move, name="versions"),
    path("chuyen-ban/<str:code>/", versions.move, name="move_versions"),
    path("so-theo-doi/", printed.register, name="register"),
    path("ho-so/trao-doi/<int:case_id>/", messages.messages, name="desk_messages"),
    path("ho-so/<str:number>/", case.detail, name="detail"),
    path("ho-so/<str:number>/to-khai/", filling_in.fill_in, name="fill_in"),
    path("ho-so/<str:number>/xem-nhanh/", case.peek, name="peek"),
    path("ho-so/<str:number>/vi-sao/", case.why, name="desk_why"),
    path("ho-so/<str:number>/tep/<int:part_id>/", case.part, name="desk_part"),
    path("ho-so/<str:number>/tep/<int:part_id>/xem/", case.view, name="desk_view"),
    path("ho-so/<str:number>/giay/<int:paper_id>/", printed.paper, name="desk_paper"),
    path("ho-so/<str:number>/phieu-hen/<slug:size>/", printed.slip, name="slip"),
    path("ho-so/<str:number>/phieu-kiem-soat/", printed.control, name="control"),
    path("ho-so/<str:number>/du-thao-ket-qua/", printed.draft, name="result_draft"),
    path("ho-so/<str:number>/ket-qua/", printed.result, name="desk_result"),
    path("ho-so/<str:number>/quyet-dinh/<slug:slug>/", deciding.decide, name="decide"),
    path("ho-so/<str:number>/quyet-dinh/<slug:slug>/xem-truoc/", deciding.preview, name="preview"),
]
