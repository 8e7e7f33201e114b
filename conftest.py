"""The database for the tests: the server named by ``DATABASE_URL``, or an embedded one that lives as long as the run.

With pytest-xdist the first process starts the server and its workers find it by the environment. Where runs share a
home that has all tables (``TINHSO_TEST_FOUNDED``), the server begins with a copy of it, and no run migrates again.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from tests.running import BARE, copy

from tinhso.config import embedded
from tinhso.config.environment import env

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.test import Client

_FOLDER = "TINHSO_TEST_FOLDER"
_open = contextlib.ExitStack()


def pytest_configure(config: pytest.Config) -> None:
    is_worker = hasattr(config, "workerinput")
    if not is_worker:
        folder = Path(tempfile.mkdtemp(prefix="tinhso-test-"))
        os.environ[_FOLDER] = str(folder)
        _open.callback(shutil.rmtree, folder, ignore_errors=True)
    folder = Path(os.environ[_FOLDER])
    _keep_files_in(folder / os.environ.get("PYTEST_XDIST_WORKER", "main"))
    if not env.database_url:
        settings.DATABASES["default"]["HOST"] = str(embedded.socket_folder(folder))
        founded = os.environ.get("TINHSO_TEST_FOUNDED")
        if founded:
            settings.DATABASES["default"]["TEST"]["TEMPLATE"] = BARE
        if not is_worker and not config.option.collectonly:
            if founded:
                copy(Path(founded, "postgres"), folder / "postgres")
            _open.enter_context(embedded.running(folder, fsync="off", synchronous_commit="off", full_page_writes="off"))


def pytest_unconfigure() -> None:
    _open.close()


def _keep_files_in(home: Path) -> None:
    """Tests write into a folder of their own, never into the data of a deployment."""
    settings.HOME = home
    settings.STATIC_ROOT = home / "static"
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    settings.EMAIL_FILE_PATH = home / "mail"
    settings.STORAGES["default"] = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": home / "files"},
    }


@pytest.fixture(autouse=True)
def _vietnamese() -> Iterator[None]:
    """Each test begins in Vietnamese, whatever language the one before has left."""
    from django.utils import translation

    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture
def browse(client: Client) -> Callable[[AbstractBaseUser], Client]:
    """The test's browser, signed in as the account that it is given."""

    def signed_in(account: AbstractBaseUser) -> Client:
        client.force_login(account)
        return client

    return signed_in


@pytest.fixture(autouse=True)
def _no_jobs_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that commits takes its jobs with it: their tables are not Django's, so nobody else empties them."""
    marker = request.node.get_closest_marker("django_db")
    if marker is None or not marker.kwargs.get("transaction"):
        yield
        return
    request.getfixturevalue("transactional_db")
    yield
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("truncate procrastinate_jobs cascade")
