"""Sessions as Django keeps them in the database; they are read with a kept statement, since every page reads one."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from tinhso.kernel.statements import Kept, Slot

_current: Kept[Session] = Kept(lambda: Session.objects.filter(session_key=Slot("key"), expire_date__gt=Slot("now")))


class SessionStore(db.SessionStore):
    """The name is part of what seals a session's content: it stays that of Django's own."""

    def _get_session_from_db(self) -> Any:
        found = _current(key=self.session_key, now=timezone.now())
        if not found:
            self._session_key = None  # a key that leads nowhere is not used again
            return None
        return found[0]
