"""Issuing papers: what a form says is frozen in the same transaction as the move that issues it."""

from __future__ import annotations

from dataclasses import astuple
from datetime import datetime
from typing import Any

from django.utils import timezone

from tinhso.kernel.errors import Refusal
from tinhso.kernel.files import actions as files
from tinhso.kernel.files.models import Attachment
from tinhso.kernel.files.queries import content
from tinhso.kernel.papers.typesetting import Place, compose
from tinhso.kernel.people.models import Account
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.statements import Kept, Slot, insert
from tinhso.modules.dossiers.models import Dossier, Paper, Part, Supplement
from tinhso.modules.dossiers.queries import printing

_PARTS = Kept(lambda: Part.objects.filter(dossier_id=Slot("dossier")))
ONCE = ("01", "03", "05")  # their moves are made once in a dossier's life


def issue(
    dossier: Dossier,
    form: str,
    *,
    by: Actor,
    at: datetime,
    reason: str = "",
    new_date: datetime | None = None,
    asked: Supplement | None = None,
) -> None:
    """Freeze what form 01 … 06 says of the dossier now; it is typeset whenever somebody opens it.

    Form 02 says what was ``asked``, and bears the number of that request."""
    data = printing.common(dossier, by.name, at) | _own(dossier, form, at, new_date, asked)
    if reason:
        data["reason"] = reason
    paper = Paper(
        dossier=dossier,
        form=form,
        template=f"form{form}",
        serial=asked.round if asked else _next_serial(dossier, form),
        data=data,
        issued_at=at,
        issued_by_id=by.account_id,
    )
    insert(paper).run()


def _next_serial(dossier: Dossier, form: str) -> int:
    return 1 if form in ONCE else Paper.objects.filter(dossier=dossier, form=form).count() + 1


def _own(
    dossier: Dossier, form: str, at: datetime, new_date: datetime | None, asked: Supplement | None
) -> dict[str, Any]:
    if form == "01":
        return printing.reception(dossier, _PARTS(dossier=dossier.pk))
    if form == "02":
        return printing.supplement(asked)
    if form == "04":
        return printing.apology(dossier, new_date)
    return printing.stopping(at) if form == "05" else {}


def signed_result(dossier: Dossier, *, by: Actor, at: datetime) -> Attachment:
    """The result as a PDF with the leader's signature, and room for the agency's."""
    from tinhso.kernel.papers.identities import identity_for  # 45 MiB and most of a second: only who signs pays
    from tinhso.kernel.papers.signing import halves, prepare, sign

    signer = Account.objects.filter(pk=by.account_id or 0).first()
    template = printing.result_template(dossier)
    local = timezone.localtime(at)
    paper = compose(
        printing.FORMS / f"{template}.typ",
        printing.result_data(dossier, signer=signer, title=by.title, at=at),
        at=local,
    )
    leader, agency = halves(paper.places["leader"])
    pdf = sign(
        prepare(paper.pdf, {"Leader_1": leader, "Agency_1": agency}),
        signer=identity_for(by.name, dossier.case.unit.name),
        reason=f"Ký {dossier.procedure_name}"[:120],
        name=by.name,
        title=by.title,
        at=local,
        field_name="Leader_1",
        place=leader,
    )
    dossier.result_text = {**dossier.result_text, "agency_place": list(astuple(agency))}
    return _keep(dossier, pdf)


def countersigned_result(dossier: Dossier, *, by: Actor, at: datetime) -> Attachment:
    """The signed result with the agency's signature put on by the registrar."""
    from tinhso.kernel.papers.identities import identity_for
    from tinhso.kernel.papers.signing import sign

    if dossier.result is None:
        raise Refusal("dossiers.not_signed", "Kết quả chưa được ký. Chuyển lãnh đạo ký trước.")
    pdf = content(dossier.result)
    agency = dossier.case.unit.name
    pdf = sign(
        pdf,
        signer=identity_for(agency, agency),
        reason="Phát hành",
        name=agency,
        title="",
        at=timezone.localtime(at),
        field_name="Agency_1",
        place=Place(*dossier.result_text["agency_place"]),
        kind="agency",
    )
    return _keep(dossier, pdf)


def _keep(dossier: Dossier, pdf: bytes) -> Attachment:
    return files.store_made(pdf, name=f"ket-qua-{dossier.case.number}.pdf", purpose="dossiers.result")
