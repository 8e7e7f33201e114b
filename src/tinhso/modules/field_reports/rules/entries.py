"""What stands in a report's history. Entries that everybody reads hold no word of the sender's."""

from __future__ import annotations

from tinhso.kernel.manifest import Entry, Readers

ENTRIES = (
    Entry("field_report.file", "Đã tiếp nhận phản ánh {code}", Readers.PUBLIC),
    Entry("field_report.accept", "Đã phân loại: {kind}", Readers.PUBLIC),
    Entry("field_report.ask", "Tổng đài hỏi thêm người gửi: {question}", Readers.PARTIES),
    Entry("field_report.ask_from_unit", "Đơn vị hỏi thêm người gửi: {question}", Readers.PARTIES),
    Entry("field_report.supply", "Người gửi đã bổ sung", Readers.PUBLIC),
    Entry("field_report.supply_to_unit", "Người gửi đã bổ sung", Readers.PUBLIC),
    Entry("field_report.reject", "Từ chối: {why}", Readers.PARTIES),
    Entry("field_report.merge", "Gộp vào phản ánh {into}", Readers.PARTIES),
    Entry("field_report.take_in", "Gộp thêm phản ánh {taken}", Readers.OFFICIALS),
    Entry("field_report.withdraw", "Người gửi rút phản ánh", Readers.PARTIES),
    Entry("field_report.route", "Chuyển {to} xử lý", Readers.PUBLIC),
    Entry("field_report.reroute", "Chuyển sang {to} xử lý: {reason}", Readers.PARTIES),
    Entry("field_report.start", "Đơn vị bắt đầu xử lý", Readers.PUBLIC),
    Entry("field_report.send_back", "{from_unit} chuyển trả: {reason}", Readers.OFFICIALS),
    Entry("field_report.disagree", "{actor} cho rằng không thuộc đơn vị: {reason}", Readers.OFFICIALS),
    Entry("field_report.involve", "Mời {to} phối hợp: {reason}", Readers.PARTIES),
    Entry("field_report.contribute", "{from_unit} đã phối hợp", Readers.PARTIES),
    Entry("field_report.answer", "Đơn vị đã trình kết quả", Readers.PARTIES),
    Entry("field_report.revise", "Trả lại để làm tiếp: {reason}", Readers.OFFICIALS),
    Entry("field_report.approve", "Đã xử lý xong và công khai kết quả", Readers.PUBLIC),
    Entry("field_report.approve_private", "Đã trả lời người gửi", Readers.PARTIES),
    Entry("field_report.reopen", "Người gửi đề nghị xử lý lại", Readers.PUBLIC),
    Entry("field_report.ask_extension", "Đơn vị xin thêm {days} ngày làm việc: {reason}", Readers.PARTIES),
    Entry("field_report.extend", "Gia hạn đến {until}: {reason}", Readers.PUBLIC),
    Entry("field_report.refuse_extension", "Không đồng ý gia hạn", Readers.PARTIES),
    Entry("field_report.classify", "Đổi loại thành {kind}", Readers.PARTIES),
    Entry("field_report.decide_public", "{actor} quyết định công khai", Readers.OFFICIALS),
    Entry("field_report.decide_private", "{actor} quyết định không công khai", Readers.OFFICIALS),
    Entry("field_report.note", "{actor} ghi chú: {text}", Readers.OFFICIALS, frozenset({"text"})),
    Entry("field_report.escalate", "Báo lãnh đạo: {why}", Readers.OFFICIALS),
    Entry("field_report.rate", "Người gửi đã đánh giá", Readers.OFFICIALS),
    Entry("field_report.hear", "Ứng dụng bên thứ ba gửi thêm: {text}", Readers.OFFICIALS, frozenset({"text"})),
    Entry("field_report.identify", "{actor} xem người gửi: {reason}", Readers.OFFICIALS),
    Entry("field_report.publish_list", "{actor} công bố danh mục phản ánh, bản {number} từ {from}", Readers.OFFICIALS),
)
