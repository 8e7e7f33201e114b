"""Sentences of the history, reasons for saying no, and what waits to be done in each state."""

from __future__ import annotations

from tinhso.kernel.manifest import Entry, Readers

REASON = frozenset({"reason"})  # free words, perhaps about somebody
ENTRIES = (
    Entry("question.ask", "Đã gửi câu hỏi {code}", Readers.PUBLIC),
    Entry("question.screen", "Đã tiếp nhận, chuyển {target} trả lời", Readers.PUBLIC),
    Entry("question.send_back", "{actor} trả lại nơi tiếp nhận: {reason}", Readers.OFFICIALS, REASON),
    Entry("question.hand_over", "Đã chuyển {target} trả lời", Readers.PUBLIC, REASON),
    Entry("question.take", "{actor} nhận trả lời", Readers.OFFICIALS),
    Entry("question.assign", "{actor} giao {handler} trả lời", Readers.OFFICIALS),
    Entry("question.draft", "{actor} lưu dự thảo trả lời", Readers.OFFICIALS),
    Entry("question.propose", "{actor} trình duyệt trả lời", Readers.OFFICIALS),
    Entry("question.return_draft", "{actor} trả lại dự thảo: {reason}", Readers.OFFICIALS, REASON),
    Entry("question.publish", "Đã trả lời công khai", Readers.PUBLIC),
    Entry("question.answer_privately", "Đã trả lời riêng người hỏi", Readers.PARTIES),
    Entry("question.reject", "Không tiếp nhận: {reason}", Readers.PARTIES),
    Entry("question.merge", "Đã trả lời bằng câu có sẵn trong thư viện", Readers.PARTIES),
    Entry("question.withdraw", "Người hỏi đã rút câu hỏi", Readers.PARTIES),
    Entry("questions.revise", "{actor} cập nhật câu trả lời", Readers.OFFICIALS),
    Entry("questions.confirm", "{actor} xác nhận câu trả lời còn đúng", Readers.OFFICIALS),
    Entry("questions.withdraw", "{actor} gỡ câu trả lời: {reason}", Readers.OFFICIALS),
    Entry("questions.source_replaced", "{actor} ghi văn bản {number} đã được thay thế", Readers.OFFICIALS),
    Entry("questions.route", "{actor} công bố bảng phân luồng số {number}", Readers.OFFICIALS),
)

REASONS = {  # why a question is not taken; each says what to do instead
    "complaint": "Đây là khiếu nại hoặc tố cáo: gửi Ban Tiếp công dân hoặc cơ quan có thẩm quyền theo Luật Khiếu nại, "
    "Luật Tố cáo",
    "report": "Đây là phản ánh hiện trường: gửi ở mục Phản ánh hiện trường hoặc gọi 1022",
    "dossier": "Hỏi về một hồ sơ đang giải quyết: nhắn trong trang theo dõi hồ sơ đó",
    "elsewhere": "Không thuộc thẩm quyền của cơ quan trong tỉnh",
    "unclear": "Nội dung chưa rõ để trả lời: gửi lại và nói rõ hơn",
    "abusive": "Nội dung xúc phạm, quảng cáo hoặc không phải câu hỏi",
}

STEPS = {  # state → what waits, and its kind for the inbox
    "received": ("Kiểm tra, chuyển đơn vị", "receive"),
    "screened": ("Nhận trả lời", ""),
    "assigned": ("Soạn trả lời", ""),
    "drafted": ("Soạn trả lời", ""),
    "approving": ("Duyệt trả lời", "sign"),
}
