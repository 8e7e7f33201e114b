"""The store on S3, over the wire to a stand-in on loopback: kept, read, missed; and an outage that loses nothing."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.config import Config
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone
from moto.server import ThreadedMotoServer

from tinhso.kernel.errors import Unavailable
from tinhso.kernel.files import actions, jobs, queries, rules
from tinhso.kernel.files.models import Attachment, Blob
from tinhso.kernel.files.serving import response
from tinhso.kernel.files.tests import factories as make

pytestmark = pytest.mark.django_db
BUCKET = "tinhso"
SIGNS_IN = {"access_key": "loopback", "secret_key": "loopback", "region_name": "us-east-1"}
QUICK = Config(connect_timeout=1, read_timeout=2, retries={"total_max_attempts": 1})


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """A server that speaks S3, of this test's own, on a free port of loopback."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def options(endpoint: str) -> dict[str, Any]:
    """As ``config/settings.py`` sets it for a deployment with a bucket; signed in, and quick to give up."""
    return {
        "bucket_name": BUCKET,
        "endpoint_url": endpoint,
        "file_overwrite": False,
        "client_config": QUICK,
        **SIGNS_IN,
    }


@pytest.fixture
def bucket(endpoint: str, settings: Any) -> Any:
    made = boto3.resource(
        "s3",
        endpoint_url=endpoint,
        aws_access_key_id="loopback",
        aws_secret_access_key="loopback",
        region_name="us-east-1",
    ).create_bucket(Bucket=BUCKET)
    made.objects.delete()
    use(settings, endpoint)
    return made


def use(settings: Any, endpoint: str) -> None:
    place = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options(endpoint)}
    settings.STORAGES = {**settings.STORAGES, "default": place}


def keep(content: bytes, name: str = "đơn.pdf") -> Attachment:
    return actions.store(io.BytesIO(content), name=name, by_account_id=None, purpose="test")


def keys(bucket: Any) -> list[str]:
    return sorted(one.key for one in bucket.objects.all())


NOWHERE = "http://127.0.0.1:9"  # the port of "discard": nothing listens there


def test_an_upload_lies_in_the_bucket_under_its_fingerprint(bucket: Any) -> None:
    content = make.pdf()
    kept = actions.store(
        SimpleUploadedFile("đơn.pdf", content, "application/pdf"), name="đơn.pdf", by_account_id=None, purpose="test"
    )
    assert keys(bucket) == [rules.key_of(kept.blob.sha256)]
    assert bucket.Object(kept.blob.path).get()["Body"].read() == content
    assert queries.content(kept) == content
    assert queries.is_intact(kept.blob)


def test_the_same_content_is_kept_once(bucket: Any) -> None:
    first, second = keep(make.pdf(), "một.pdf"), keep(make.pdf(), "hai.pdf")
    assert first.blob_id == second.blob_id
    assert len(keys(bucket)) == 1


def test_a_large_content_comes_back_unchanged(bucket: Any) -> None:
    content = make.pdf("số " * 3_000_000)  # beyond eight megabytes the client sends it in parts
    kept = keep(content)
    assert kept.blob.size == len(content) > 8 * 1024 * 1024
    assert queries.is_intact(kept.blob)


def test_a_browser_gets_the_file_with_its_name_and_length(bucket: Any) -> None:
    kept = keep(make.pdf())
    answer = response(kept, inline=True)
    assert b"".join(answer.streaming_content) == make.pdf()  # type: ignore[arg-type]
    assert answer["Content-Length"] == str(kept.blob.size)
    assert answer["Content-Disposition"].startswith("inline; filename*=utf-8''")


def test_what_was_cut_short_in_the_bucket_is_put_there_again(bucket: Any) -> None:
    kept = keep(make.pdf())
    bucket.Object(kept.blob.path).put(Body=b"%PDF")
    assert not queries.is_intact(kept.blob)
    bucket.Object(kept.blob.path).delete()
    keep(make.pdf())
    assert queries.is_intact(kept.blob)


def test_what_is_missing_is_refused_in_words(bucket: Any) -> None:
    kept = keep(make.pdf())
    bucket.Object(kept.blob.path).delete()
    for ask in (queries.content, queries.open_attachment, response):
        with pytest.raises(Unavailable) as refused:
            ask(kept)
        assert (refused.value.code, refused.value.status) == ("files.unreadable", 503)
        assert "Tệp vẫn được giữ" in refused.value.message


def test_an_upload_in_an_outage_is_refused_and_leaves_nothing_behind(bucket: Any, settings: Any) -> None:
    use(settings, NOWHERE)
    with pytest.raises(Unavailable) as refused:
        keep(make.pdf())
    assert (refused.value.code, refused.value.status) == ("files.store_down", 503)
    assert "127.0.0.1" not in refused.value.message
    assert (Blob.objects.count(), Attachment.objects.count()) == (0, 0)


def test_after_an_outage_everything_is_there_and_the_upload_goes_through(
    bucket: Any, endpoint: str, settings: Any
) -> None:
    before = keep(make.pdf("trước"))
    use(settings, NOWHERE)
    with pytest.raises(Unavailable):
        queries.content(before)
    with pytest.raises(Unavailable):
        keep(make.pdf("sau"))
    assert Attachment.objects.get() == before
    use(settings, endpoint)
    assert queries.content(before) == make.pdf("trước")
    assert queries.content(keep(make.pdf("sau"))) == make.pdf("sau")


def test_a_bucket_that_is_gone_or_closed_to_us_is_an_outage_too(bucket: Any) -> None:
    kept = keep(make.pdf())
    bucket.objects.delete()
    bucket.delete()
    with pytest.raises(Unavailable) as refused:
        keep(make.picture(), "ảnh.png")
    assert refused.value.code == "files.store_down"
    assert Attachment.objects.get() == kept


def test_the_sweep_clears_the_bucket_of_what_nobody_uses(bucket: Any) -> None:
    used, unused = keep(make.pdf("dùng")), keep(make.pdf("bỏ"))
    unused.delete()
    later = timezone.now() + timedelta(days=2)
    removed = [jobs.sweep(one.path.split("/")[1], at=later) for one in Blob.objects.order_by("pk")]
    assert sum(removed) == 1
    assert keys(bucket) == [used.blob.path]
    assert default_storage.exists(used.blob.path)


@transaction.atomic
def keep_and_break() -> None:
    keep(make.pdf())
    raise ZeroDivisionError


def test_in_a_transaction_that_breaks_only_a_file_without_a_row_is_left_for_the_sweep(bucket: Any) -> None:
    with pytest.raises(ZeroDivisionError):
        keep_and_break()
    (key,) = keys(bucket)
    assert Blob.objects.count() == 0
    assert jobs.sweep(key.split("/")[1], at=timezone.now() + timedelta(days=2)) == 1
    assert keys(bucket) == []


def test_a_deployment_with_a_bucket_uses_it_and_does_not_wait_for_minutes() -> None:
    here = {"TINHSO_S3_BUCKET": BUCKET, "TINHSO_S3_ENDPOINT": NOWHERE}
    tell = (
        "from tinhso.config.settings import STORAGES as kept; place = kept['default']; given = place['OPTIONS'];"
        "config = given['client_config'];"
        "print(place['BACKEND'], given['bucket_name'], given['endpoint_url'], given['file_overwrite'],"
        " config.connect_timeout, config.read_timeout, config.retries['total_max_attempts'])"
    )
    said = subprocess.run([sys.executable, "-c", tell], env={**os.environ, **here}, capture_output=True, check=True)
    assert said.stdout.decode().split() == [
        "storages.backends.s3.S3Storage", BUCKET, NOWHERE, "False", "3", "20", "2",
    ]  # fmt: skip
