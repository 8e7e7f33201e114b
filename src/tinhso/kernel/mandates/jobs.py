"""An organisation that signed in with its own e-ID acts for itself: no official has to confirm that."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from tinhso.kernel.identity.models import Identity
from tinhso.kernel.identity.rules import Kind
from tinhso.kernel.journal.models import Entry
from tinhso.kernel.mandates.models import Mandate
from tinhso.kernel.mandates.rules import LONGEST, Basis, Status
from tinhso.kernel.people.models import Business


@transaction.atomic
def for_organisation(entry: Entry) -> None:
    """Follower of ``identity.create``: bind an organisation's account to its business. Repeatable."""
    known = Identity.objects.filter(account_id=entry.actor_id or 0, kind=Kind.ORGANISATION).exclude(tax_code="")
    for identity in known.select_related("account"):
        name = identity.account.display_name
        business, _new = Business.objects.get_or_create(tax_code=identity.tax_code, defaults={"name": name})
        today = timezone.localdate(entry.at)
        Mandate.objects.get_or_create(
            holder=identity.account, subject_number=identity.tax_code, basis=Basis.REPRESENTATIVE,
            status=Status.CONFIRMED,
            defaults={"business": business, "subject_name": business.name, "begins_on": today,
                      "ends_on": today + LONGEST - timedelta(days=1), "asked_at": entry.at, "decided_at": entry.at},
        )  # fmt: skip
