"""Certified e-copies: asked for, compared with the original, signed by the officer, sealed by the agency.

NĐ 23/2015 (amended by NĐ 07/2025 and NĐ 280/2025): the People's Committee of any commune is competent, wherever the
person lives. The copy has the value of a certified paper copy in administrative procedures (NĐ 45/2020 Đ.10).
"""

from __future__ import annotations

from dataclasses import astuple, replace
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from tinhso.kernel.cases import actions as cases
from tinhso.kernel.cases.terms import Term
from tinhso.kernel.clock.queries import calendar_for
from tinhso.kernel.errors import NotAllowed, Refusal
from tinhso.kernel.files import actions as files
from tinhso.kernel.files.queries import content
from tinhso.kernel.papers.typesetting import Place, compose
from tinhso.kernel.people.models import Account, Person
from tinhso.kernel.people.rules import Actor
from tinhso.kernel.units.queries import tree
from tinhso.kernel.units.rules import Kind, Node
from tinhso.modules.vault import rules
from tinhso.modules.vault.actions.keeping import NewItem, keep
from tinhso.modules.vault.models import Certification, Item, Scan
from tinhso.modules.vault.queries import certificates
from tinhso.modules.vault.queries.kinds import kind_called
from tinhso.modules.vault.queries.signatures import checked
from tinhso.modules.vault.rules import CERTIFICATION, CERTIFY_WITHIN, STEP_OF, CopyStanding, Permission, ScanState


@transaction.atomic
def request_copy(
    *,
    title: str,
    unit_id: int,
    pages: int,
    request_key: str,
    by: Actor,
    at: datetime,
    person_id: int | None = None,
    issuer: str = "",
    number: str = "",
) -> Certification:
    """Ask a commune for a certified e-copy of an original that one will show; a clerk asks for ``person_id`` there.

    Sent twice with one ``request_key`` it stays one request. The answer is due on the same day (NĐ 23/2015 Đ.7)."""
    request_key = f"{by.account_id}/{request_key}"[:64]  # nobody meets another's request by its key
    earlier = Certification.objects.select_related("case").filter(request_key=request_key).first()
    if earlier is not None:
        return earlier
    local, title = timezone.localtime(at), title.strip()
    node = _competent(unit_id, local.date())
    _ask_paper(title, pages)
    centre = certificates.centre_of(unit_id)
    person = _holder(person_id, by, at_units=(unit_id, centre))
    owner_id = by.account_id if person_id is None else _account_of(person_id)
    said = {"title": title[:300], "pages": pages}
    case = cases.open_case(
        _case(title, node, centre, person, owner_id, local), verb="certification.request", by=by, at=local, data=said
    )
    try:
        with transaction.atomic():
            return Certification.objects.create(
                case=case, person=person, title=title[:300], original_issuer=issuer.strip()[:250],
                original_number=number.strip()[:80], pages=pages, fee=rules.fee(pages), request_key=request_key,
            )  # fmt: skip
    except IntegrityError as twice:
        raise Refusal("vault.twice", "Yêu cầu này vừa được gửi. Mở danh sách yêu cầu để xem.") from twice


def _ask_paper(title: str, pages: int) -> None:
    if not title:
        raise Refusal("vault.no_title", "Ghi tên giấy tờ cần chứng thực, ví dụ: Giấy khai sinh.", field="title")
    if not 1 <= pages <= 999:
        raise Refusal("vault.pages", "Nhập số trang của bản chính, từ 1 đến 999.", field="pages")


def _case(title: str, node: Node, centre: int, person: Person, owner_id: int | None, local: datetime) -> cases.NewCase:
    """The request as a case of the commune, received by its one-stop centre, due on the same day."""
    return cases.NewCase(
        kind=CERTIFICATION,
        number=f"CT-{local.year % 100}-{cases.take_number(f'vault-certification-{local.year}'):06d}",
        title=f"Bản sao điện tử: {title}",
        state="requested",
        unit_id=node.id,
        received_unit_id=centre,
        applicant=person.full_name,
        owner_id=owner_id,
        place=node.short_name,
        step=STEP_OF["requested"][0],
        step_kind=STEP_OF["requested"][1],
        words=f"{person.identity_number or ''} {person.phone}",
        term=Term(CERTIFY_WITHIN).start(local, calendar_for(node.id).code),
    )


def _competent(unit_id: int, on: date) -> Node:
    """The commune that certifies. Raises Refusal for any other unit."""
    node = tree().nodes.get(unit_id)
    if node is None or node.kind != Kind.COMMUNE or not node.lives_on(on):
        raise Refusal("vault.not_competent", "Chọn xã, phường, đặc khu nơi bạn mang bản chính đến.", field="unit")
    return node


def _holder(person_id: int | None, by: Actor, *, at_units: tuple[int, ...]) -> Person:
    """Whose paper it is: the actor's own, or the person's for whom a clerk of these units asks. Raises NotAllowed."""
    if person_id is not None and not any(by.may(Permission.DIGITISE, place) for place in at_units):
        raise NotAllowed
    person = Person.objects.filter(pk=person_id or by.person_id or 0).first()
    if person is None:
        raise NotAllowed("vault.nobody", "Tài khoản này chưa gắn với một người nên chưa yêu cầu chứng thực được.")
    return person


def _account_of(person_id: int) -> int | None:
    return Account.objects.filter(person_id=person_id, is_active=True).values_list("pk", flat=True).first()


def _step(state: str) -> dict[str, str]:
    name, kind = STEP_OF.get(state, ("", ""))
    return {"step": name, "step_kind": kind}


def scan_of(copy: Certification) -> Scan | None:
    """The latest scan of the original that was not put aside."""
    return Scan.objects.filter(case_id=copy.case_id).exclude(state=ScanState.DROPPED).order_by("-pk").first()


@transaction.atomic
def compare(*, case_id: int, pages: int, by: Actor, at: datetime) -> Certification:
    """The clerk has held the copy against the original; the number of its pages, and so the fee, is fixed."""
    copy = Certification.objects.locked(case_id)
    scan = scan_of(copy)
    standing = CopyStanding(is_scanned=scan is not None and scan.state == ScanState.READY)
    if not 1 <= pages <= 999:
        raise Refusal("vault.pages", "Nhập số trang của bản chính, từ 1 đến 999.", field="pages")
    cases.advance(
        copy.case, "compare", by=by, at=at, standing=standing, data={"pages": pages, "fee": rules.fee(pages)},
        change=_step("compared"),
    )  # fmt: skip
    copy.scan, copy.pages, copy.fee = scan, pages, rules.fee(pages)
    copy.compared_by_id, copy.compared_at = by.account_id, at
    copy.save(update_fields=["scan", "pages", "fee", "compared_by", "compared_at"])
    return copy


@transaction.atomic
def sign(*, case_id: int, by: Actor, at: datetime) -> Certification:
    """The officer signs: the copy gets its number in the agency's register of e-copies, its code and the statement."""
    copy = Certification.objects.locked(case_id)
    cases.move_of(copy.case, "sign", by=by, standing=CopyStanding(is_scanned=True))
    assert copy.scan is not None
    assert copy.scan.result is not None
    local = timezone.localtime(at)
    copy.year = local.year
    copy.number = cases.take_number(f"vault-copies-{copy.case.unit.code}-{local.year}")
    copy.code = rules.new_copy_code()
    copy.signed_by_id, copy.signed_at = by.account_id, at
    pdf, agency = _statement(copy, content(copy.scan.result), by, local)
    copy.places = {"agency": list(astuple(agency))}
    copy.copy = files.store_made(pdf, name=f"ban-sao-{copy.code}.pdf", purpose="vault.copy")
    copy.save(update_fields=["year", "number", "code", "signed_by", "signed_at", "places", "copy"])
    cases.advance(
        copy.case, "sign", by=by, at=at, standing=CopyStanding(is_scanned=True),
        data={"number": copy.register_number}, change=_step("signed"),
    )  # fmt: skip
    return copy


def _statement(copy: Certification, scanned: bytes, by: Actor, at: datetime) -> tuple[bytes, Place]:
    """The scanned pages with the statement as last page, signed by the officer; and the agency's place on it."""
    from tinhso.kernel.papers.identities import identity_for
    from tinhso.kernel.papers.signing import page_count, prepare, sign, with_page

    paper = compose(certificates.STATEMENT, certificates.statement_data(copy, by, at), at=at)
    whole = with_page(scanned, paper.pdf)
    last = page_count(whole)
    officer, agency = (replace(paper.places[name], page=last) for name in ("officer", "agency"))
    pdf = sign(
        prepare(whole, {"Officer_1": officer, "Agency_1": agency}),
        signer=identity_for(by.name, copy.case.unit.name),
        reason="Chứng thực bản sao đúng với bản chính",
        name=by.name,
        title=by.title,
        at=at,
        field_name="Officer_1",
        place=officer,
    )
    return pdf, agency


@transaction.atomic
def issue(*, case_id: int, by: Actor, at: datetime) -> Certification:
    """The agency signs; the copy lies in the person's vault and anybody who has its code can verify it."""
    from tinhso.kernel.papers.identities import identity_for
    from tinhso.kernel.papers.signing import sign as put_signature

    copy = Certification.objects.locked(case_id)
    cases.move_of(copy.case, "issue", by=by, standing=CopyStanding(is_scanned=True))
    assert copy.copy is not None
    agency = certificates.agency_name(copy.case.unit_id)
    pdf = put_signature(
        content(copy.copy), signer=identity_for(agency, agency), reason="Cấp bản sao chứng thực điện tử", name=agency,
        title="", at=timezone.localtime(at), field_name="Agency_1", place=Place(*copy.places["agency"]), kind="agency",
    )  # fmt: skip
    copy.copy = files.store_made(pdf, name=f"ban-sao-{copy.code}.pdf", purpose="vault.copy")
    copy.issued_at = at
    copy.item = keep(
        NewItem(
            title=copy.title, attachment=copy.copy, origin=Item.Origin.CERTIFIED, source_key=f"copy/{copy.case_id}",
            person_id=copy.person_id, business_id=None, kind=kind_called(copy.title),
            issuer=copy.original_issuer or agency, number=copy.original_number,
            text=copy.scan.text if copy.scan else "", is_digitised=True, case_id=copy.case_id,
            data={"code": copy.code, "register": copy.register_number},
        ),
        signature=checked(pdf), by=by, at=at,
    )  # fmt: skip
    copy.save(update_fields=["copy", "issued_at", "item"])
    if copy.scan is not None:
        Scan.objects.filter(pk=copy.scan.pk).update(state=ScanState.SIGNED, signed=copy.copy, signed_at=at)
    cases.advance(
        copy.case, "issue", by=by, at=at, standing=CopyStanding(is_scanned=True),
        data={"number": copy.register_number, "code": copy.code, "pages": copy.pages, "fee": copy.fee},
        change=_step("issued"),
    )  # fmt: skip
    return copy


@transaction.atomic
def refuse(*, case_id: int, reason: str, by: Actor, at: datetime) -> Certification:
    """Refuse to certify, with the reason the person reads (NĐ 23/2015 Đ.22: what may not be certified)."""
    copy = Certification.objects.locked(case_id)
    words = reason.strip()
    if len(words) < 10:
        raise Refusal("vault.reason_needed", "Ghi lý do để người dân hiểu, ít nhất 10 ký tự.", field="reason")
    cases.advance(copy.case, "refuse", by=by, at=at, data={"reason": words[:1000]}, change=_step("refused"))
    return copy


@transaction.atomic
def cancel(*, case_id: int, by: Actor, at: datetime) -> Certification:
    """The person takes the request back before the original was compared."""
    copy = Certification.objects.locked(case_id)
    cases.advance(copy.case, "cancel", by=by, at=at, change=_step("cancelled"))
    return copy
