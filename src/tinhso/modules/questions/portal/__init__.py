"""Pages for the public: finding answers, asking, following one's question, how the province answers."""

from django.urls import URLPattern, path

from tinhso.modules.questions.portal import asking, browsing, following, standing

routes: list[URLPattern] = [
    path("hoi-dap/", browsing.home, name="home"),
    path("hoi-dap/hoi/", asking.ask, name="ask"),
    path("hoi-dap/goi-y/", asking.suggest, name="suggest"),
    path("hoi-dap/theo-doi/<str:number>/", following.follow, name="follow"),
    path("hoi-dap/theo-doi/<str:number>/tep/<int:place>/", following.own_file, name="own_file"),
    path("hoi-dap/theo-doi/<str:number>/<slug:key>/", following.by_key, name="by_key"),
    path("hoi-dap/cau/<int:answer_id>/", browsing.answer, name="answer"),
    path("hoi-dap/cau/<int:answer_id>/huu-ich/", browsing.vote, name="vote"),
    path("hoi-dap/tinh-hinh/", standing.standing, name="standing"),
    path("hoi-dap/moi.xml", standing.feed, name="feed"),
    path("hoi-dap/phan/thu-tuc/<str:code>/", browsing.frequent, name="frequent"),
]
