import errno
import hashlib
import io
import os
import threading
import unicodedata
import zlib
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction

from tinhso.kernel.errors import Refusal, Unavailable
from tinhso.kernel.files import actions, jobs, queries, rules
from tinhso.kernel.files.models import Attachment, Blob
from tinhso.kernel.files.serving import response
from tinhso.kernel.files.tests import factories as make


@pytest.fixture(autouse=True)
def disk(settings, tmp_path):
    place = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "default": place}
    return tmp_path


def keep(content, name, **more):
    return actions.store(io.BytesIO(content), name=name, by_account_id=None, purpose="test", **more)


class PowerCutError(Exception):
    pass


@transaction.atomic
def keep_and_break(content):
    keep(content, "a.pdf")
    raise PowerCutError


def files_in(disk):
    return sorted(path for path in disk.rglob("*") if path.is_file())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "name", "media_type"),
    [
        (make.pdf(), "đơn.pdf", rules.PDF),
        (make.picture("PNG"), "a.png", rules.PNG),
        (make.picture("JPEG"), "a.JPG", rules.JPEG),
        (make.picture("WEBP"), "a.webp", rules.WEBP),
        (make.heic(), "IMG_0001.HEIC", rules.HEIC),
        (make.docx(), "đơn.docx", rules.DOCX),
        (make.xlsx(), "bảng.xlsx", rules.XLSX),
        (make.odt(), "đơn.odt", rules.ODT),
    ],
)
def test_what_is_allowed_is_kept_unchanged(content, name, media_type):
    attachment = keep(content, name)
    assert (attachment.name, attachment.blob.media_type, attachment.blob.size) == (name, media_type, len(content))
    assert queries.content(attachment) == content
    assert queries.is_intact(attachment.blob)
    assert attachment.blob.path == rules.key_of(attachment.blob.sha256)


def bomb():
    return make.docx(**{"word/media/image1.png": b"\0" * 40_000_000})


def wide_png():
    """A PNG head that promises 60,000 × 60,000 points."""
    head = b"IHDR" + (60_000).to_bytes(4, "big") * 2 + b"\x08\x02\x00\x00\x00"
    data = b"IDAT" + zlib.compress(b"")
    parts = [len(c[4:]).to_bytes(4, "big") + c + zlib.crc32(c).to_bytes(4, "big") for c in (head, data, b"IEND")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "đơn.pdf", "files.empty"),
        (make.picture(), "đơn.pdf", "files.lying_type"),
        (make.pdf(), "ảnh.png", "files.lying_type"),
        (make.docx(), "a.pdf", "files.lying_type"),
        (b"MZ\x90\x00" * 100, "đơn.pdf", "files.type_not_allowed"),
        (b"<html><script>alert(1)</script>", "trang.pdf", "files.type_not_allowed"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "a.svg", "files.type_not_allowed"),
        (make.archive({"a.txt": b"a"}), "a.zip", "files.type_not_allowed"),
        (make.archive({"a.txt": b"a"}), "a.docx", "files.lying_type"),
        (make.docx()[:-30], "a.docx", "files.damaged"),
        (b"\x89PNG\r\n\x1a\n broken", "a.png", "files.damaged"),
        (make.docx(**{"word/vbaProject.bin": b"x"}), "a.docx", "files.macro"),
        (wide_png(), "a.png", "files.image_bomb"),
    ],
)
def test_what_is_refused_leaves_nothing_behind(disk, content, name, code):
    with pytest.raises(Refusal) as refused:
        keep(content, name)
    assert refused.value.code == code
    assert f"“{name}”" in refused.value.message
    assert refused.value.field == "file"
    assert not Blob.objects.exists()
    assert not Attachment.objects.exists()
    assert files_in(disk) == []


@pytest.mark.django_db
@pytest.mark.slow
def test_an_archive_bomb_is_refused_without_being_unpacked(disk):
    with pytest.raises(Refusal) as refused:
        keep(bomb(), "a.docx")
    assert refused.value.code == "files.archive_bomb"
    assert files_in(disk) == []


@pytest.mark.django_db
def test_on_a_full_disk_it_says_so_and_leaves_nothing_behind(disk, monkeypatch):
    def full(_descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(actions.os, "fsync", full)
    with pytest.raises(Unavailable) as refused:
        keep(make.pdf(), "a.pdf")
    assert refused.value.code == "files.store_down"
    assert not Blob.objects.exists()
    assert files_in(disk) == []


@pytest.mark.django_db
def test_what_is_too_big_is_not_read_to_its_end(disk):
    class Endless:
        given = 0

        def read(self, size):
            self.given += size
            return b"%PDF-" + b"x" * (size - 5)

    stream = Endless()
    with pytest.raises(Refusal) as refused:
        actions.store(stream, name="a.pdf", by_account_id=None, purpose="test", limit=1_000_000)
    assert refused.value.code == "files.too_big"
    assert "1 MB" in refused.value.message
    assert stream.given <= 1_000_000 + actions.CHUNK
    assert files_in(disk) == []


@pytest.mark.django_db
def test_a_zip_is_kept_where_it_is_allowed():
    attachment = keep(make.archive({"a.txt": b"a"}), "a.zip", allowed=rules.USUAL | {rules.ZIP})
    assert attachment.blob.media_type == rules.ZIP


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", [unicodedata.normalize("NFD", "Đơn đề nghị cấp giấy phép.pdf"), "عقد.pdf", "🏠 nhà.pdf"]
)
def test_any_script_comes_back_in_the_download_name(name):
    attachment = keep(make.pdf(), name)
    assert attachment.name == unicodedata.normalize("NFC", name)
    answer = response(attachment)
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert b"".join(answer.streaming_content) == make.pdf()


@pytest.mark.django_db
def test_a_file_is_served_so_that_it_cannot_harm():
    document, picture = keep(make.docx(), "a.docx"), keep(make.picture(), "a.png")
    forced = response(document, inline=True)
    assert forced["Content-Disposition"] == 'attachment; filename="a.docx"'
    assert forced["X-Content-Type-Options"] == "nosniff"
    assert forced["Content-Security-Policy"].endswith("; sandbox")
    assert forced["Cache-Control"].startswith("private")
    shown = response(picture, inline=True)
    assert shown["Content-Disposition"] == 'inline; filename="a.png"'
    assert shown["Content-Type"] == "image/png"
    forced.close()
    shown.close()


@pytest.mark.django_db
def test_the_same_content_is_kept_once_under_two_names(disk):
    one = keep(make.pdf(), "một.pdf")
    two = actions.store(SimpleUploadedFile("x", make.pdf()), name="hai.pdf", by_account_id=None, purpose="test")
    assert one.blob_id == two.blob_id
    assert (one.name, two.name) == ("một.pdf", "hai.pdf")
    assert len(files_in(disk)) == 1


@pytest.mark.django_db(transaction=True)
def test_eight_people_storing_the_same_at_once_make_one_blob(disk):
    content, errors, start = make.pdf("cùng lúc" * 50_000), [], threading.Barrier(8)

    def work():
        try:
            start.wait()
            keep(content, "a.pdf")
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert Blob.objects.count() == 1
    assert Attachment.objects.count() == 8
    assert len(files_in(disk)) == 1
    assert queries.is_intact(Blob.objects.get())


@pytest.mark.django_db
def test_a_broken_off_store_leaves_a_file_but_no_row(disk):
    with pytest.raises(PowerCutError):
        keep_and_break(make.pdf())
    assert not Blob.objects.exists()
    assert len(files_in(disk)) == 1
    kept = keep(make.pdf(), "a.pdf")
    assert queries.content(kept) == make.pdf()


@pytest.mark.django_db
def test_half_a_file_left_by_a_crash_is_replaced(disk):
    kept = keep(make.pdf(), "a.pdf")
    path = disk / kept.blob.path
    path.write_bytes(b"%PDF-half")
    again = keep(make.pdf(), "a.pdf")
    assert again.blob_id == kept.blob_id
    assert queries.content(again) == make.pdf()


@pytest.mark.django_db
def test_the_sweep_takes_only_what_is_old_and_unused(disk):
    used, unused = keep(make.pdf("1"), "a.pdf"), keep(make.pdf("2"), "b.pdf")
    Attachment.objects.filter(pk=unused.pk).delete()
    orphan = rules.key_of(hashlib.sha256(make.pdf("3")).hexdigest())
    with pytest.raises(PowerCutError):
        keep_and_break(make.pdf("3"))
    stray = disk / actions.INCOMING / "upload-abc"
    stray.write_bytes(b"half")
    now = datetime.now(UTC)

    def sweep(at):
        return sum(jobs.sweep(shelf, at=at) for shelf in {p.split("/")[1] for p in paths})

    paths = [used.blob.path, unused.blob.path, orphan]
    assert sweep(now) == 0
    assert len(files_in(disk)) == 4
    assert sweep(now + timedelta(days=2)) == 2
    assert [str(p.relative_to(disk)) for p in files_in(disk)] == [used.blob.path]
    assert list(Blob.objects.all()) == [used.blob]
    assert default_storage.exists(used.blob.path)


@pytest.mark.django_db
def test_a_further_use_shares_the_content():
    first = keep(make.pdf(), "a.pdf")
    second = actions.use_again(first, purpose="dossiers.component", name="Giấy tờ.pdf")
    assert (second.blob_id, second.purpose, second.name) == (first.blob_id, "dossiers.component", "Giấy tờ.pdf")


@pytest.mark.django_db
def test_the_file_may_be_read_by_its_group_and_nobody_else(disk):
    kept = keep(make.pdf(), "a.pdf")
    assert os.stat(disk / kept.blob.path).st_mode & 0o777 == 0o640
