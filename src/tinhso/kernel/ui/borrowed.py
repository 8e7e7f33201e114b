"""Vietnamese for the sentences of the sign-in library, which has no Vietnamese of its own."""

from __future__ import annotations

SENTENCES = {
    "Username": "Tên đăng nhập",
    "Username or email": "Tên đăng nhập hoặc thư điện tử",
    "Login": "Tên đăng nhập hoặc thư điện tử",
    "Email": "Thư điện tử",
    "Email address": "Thư điện tử",
    "Password": "Mật khẩu",
    "Password (again)": "Nhập lại mật khẩu",
    "Current Password": "Mật khẩu hiện tại",
    "New Password": "Mật khẩu mới",
    "New Password (again)": "Nhập lại mật khẩu mới",
    "Remember Me": "Giữ đăng nhập trên máy này",
    "Code": "Mã xác thực",
    "Authenticator code": "Mã xác thực",
    "The username and/or password you specified are not correct.": "Tên đăng nhập hoặc mật khẩu chưa đúng.",
    "The email address and/or password you specified are not correct.": "Thư điện tử hoặc mật khẩu chưa đúng.",
    "Too many failed login attempts. Try again later.": "Bạn đã thử sai nhiều lần. Chờ 5 phút rồi thử lại.",
    "You must type the same password each time.": "Hai lần nhập mật khẩu chưa giống nhau.",
    "Please type your current password.": "Mật khẩu hiện tại chưa đúng.",
    "A user is already registered with this email address.": "Thư điện tử này đã có tài khoản.",
    "Incorrect password.": "Mật khẩu chưa đúng.",
    "Incorrect code.": "Mã chưa đúng. Dùng mã đang hiện trên điện thoại.",
    "This account is currently inactive.": "Tài khoản đang tạm khóa.",
    "The password reset token was invalid.": "Đường dẫn đặt lại mật khẩu không còn dùng được.",
}


def in_vietnamese(sentence: str) -> str:
    """The sentence in Vietnamese when it is a borrowed one, otherwise the sentence itself."""
    return SENTENCES.get(sentence, sentence)
