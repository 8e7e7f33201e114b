"""What becomes of questions and answers when units change: an answer's keeper is the successor."""

from __future__ import annotations

from tinhso.kernel.reorganisation.declarations import Mover, Rows, Stays
from tinhso.modules.questions.models import Answer, Question

MOVERS: tuple[Mover, ...] = (
    Rows("questions.answer", "Câu trả lời trong thư viện", Answer),
    Stays(Question, "commune", "nơi người hỏi ở, vào ngày hỏi"),
)
