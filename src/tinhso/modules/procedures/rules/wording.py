"""The parts of a content by their Vietnamese names, and what is wrong with one in a sentence."""

from __future__ import annotations

import re

PART_NAMES = {
    "names": "Tên thủ tục",
    "legal": "Tên theo quyết định công bố",
    "plain": "Tên dễ hiểu",
    "everyday": "Tên thường gọi",
    "english": "Tên tiếng Anh",
    "kind": "Loại",
    "field": "Lĩnh vực",
    "group": "Nhóm",
    "levels": "Cấp thực hiện",
    "subjects": "Đối tượng thực hiện",
    "agencies": "Cơ quan thực hiện",
    "competent": "Cơ quan có thẩm quyền",
    "executing": "Cơ quan thực hiện",
    "delegated": "Cơ quan được ủy quyền",
    "coordinating": "Cơ quan phối hợp",
    "steps": "Trình tự thực hiện",
    "limit": "Thời hạn",
    "amount": "Số lượng, mức",
    "unit": "Đơn vị tính",
    "cutoff": "Giờ nhận để trả trong ngày",
    "channels": "Cách thức thực hiện",
    "online": "Trực tuyến",
    "direct": "Trực tiếp",
    "post": "Bưu chính",
    "branches": "Trường hợp",
    "component_groups": "Thành phần hồ sơ",
    "components": "Giấy tờ",
    "name": "Tên",
    "originals": "Số bản chính",
    "copies": "Số bản sao",
    "replace_by_data": "Dữ liệu thay giấy tờ",
    "required": "Bắt buộc",
    "dossier_sets": "Số bộ hồ sơ",
    "results": "Kết quả",
    "digital": "Bản điện tử",
    "legal_basis": "Căn cứ pháp lý",
    "conditions": "Yêu cầu, điều kiện",
    "linked": "Thủ tục liên thông",
    "related": "Thủ tục liên quan",
    "service_level": "Mức độ dịch vụ công",
    "service_level_reason": "Lý do chưa toàn trình",
    "fees": "Phí, lệ phí",
    "fee_set_by": "Cơ quan quy định mức thu",
    "discount": "Giảm mức thu",
    "publication_decision": "Quyết định công bố",
    "process_decision": "Quyết định quy trình nội bộ",
    "electronic_decision": "Quyết định quy trình điện tử",
    "doors": "Nơi nộp trực tuyến",
    "own_portal": "Cổng của tỉnh",
    "national_portal": "Cổng quốc gia",
    "process": "Quy trình nội bộ",
    "role": "Vai trò",
    "at": "Nơi làm",
    "form": "Biểu mẫu điện tử",
    "fields": "Câu hỏi",
    "options": "Lựa chọn",
    "label": "Câu hỏi",
    "hint": "Gợi ý",
    "when": "Điều kiện",
    "title": "Tiêu đề",
    "note": "Ghi chú",
    "result_template": "Mẫu kết quả",
    "finance_step": "Có nghĩa vụ tài chính",
    "process_note": "Ghi chú quy trình",
    "question": "Câu hỏi",
    "everyday_names": "Tên thường gọi",
    "number": "Số, ký hiệu",
    "per": "Tính theo",
    "percent": "Phần trăm",
    "type": "Kiểu",
    "code": "Mã",
    "key": "Mã bước",
}


def in_words(problem: str) -> str:
    """msgspec's sentence in Vietnamese: where first, then what is wrong."""
    where = re.search(r"at `\$\.?([^`]*)`", problem)
    parts = re.findall(r"[a-z_]+|(?<=\[)[0-9]+(?=\])", where[1]) if where else []
    named = " › ".join(f"dòng {int(part) + 1}" if part.isdigit() else PART_NAMES.get(part, part) for part in parts)
    missing = re.search(r"missing required field `(\w+)`", problem)
    unknown = re.search(r"unknown field `(\w+)`", problem)
    if missing:
        said = f"thiếu “{PART_NAMES.get(missing[1], missing[1])}”"
    elif unknown:
        said = f"có phần không biết “{unknown[1]}”"
    elif "Invalid enum value" in problem:
        value = re.search(r"enum value '?([^'\s]*)'?", problem)
        said = f"giá trị “{value[1] if value else ''}” không có trong danh sách cho phép"
    else:
        said = "giá trị không đúng kiểu"
    return f"{named}: {said}." if named else f"Nội dung {said}."
