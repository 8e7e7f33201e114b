"""The statements by which the index reads facts: how a case stands, and what a month holds. Only names of this module
are put into their text; values are given apart."""

from __future__ import annotations

from tinhso.modules.service_quality.rules.inputs import COLUMNS, STOCK

# The cases with new entries, and what the facts say of each. A linked parent is not counted, its children are.
READ = """
with told as (
    select f.case_id,
        min(f."on") filter (where f.name = any(%(received)s)) as received_on,
        max(f."on") filter (where f.name = any(%(resolved)s) or f.name = any(%(ended)s)) as ended_on,
        coalesce(bool_or(f.name = any(%(resolved)s)), false) as is_resolved,
        coalesce(bool_or(f.name = any(%(granted)s)), false) as is_granted,
        coalesce(bool_or(f.name = any(%(resolved)s) and f.dims->>'verdict' = 'late'), false) as is_judged_late,
        coalesce(bool_or(f.name = any(%(received)s) and f.dims->>'channel' = 'online'), false) as is_online,
        max(f.dims->>%(subject)s) filter (where f.name = any(%(received)s)) as subject,
        count(*) filter (where f.name = 'dossiers.supplement_asked') as supplements,
        coalesce(bool_or(f.name = 'dossiers.linked'), false) as is_linked,
        coalesce(bool_or(f.name = 'national_portal.synced'), false) as is_synced,
        coalesce(bool_or(f.name = 'dossiers.returned_online'), false) as is_returned_online,
        coalesce(bool_or(f.name = 'vault.digitised'), false) as is_digitised,
        coalesce(bool_or(f.name = 'vault.reused'), false) as is_reused,
        coalesce(bool_or(f.name = 'payments.paid_online'), false) as is_paid_online,
        coalesce(bool_or(f.name = any('{{payments.paid,payments.paid_online}}')), false) as is_paid,
        coalesce(bool_or(f.name = 'field_reports.rated' and f.dims->>'score' in ('1', '2')), false) as is_disliked,
        coalesce(bool_or(f.name = 'field_reports.reopened'), false) as is_repeated
    from facts_fact f where f.case_id = any(%(cases)s) group by f.case_id
), place as (
    select * from unnest(%(units)s::int[], %(bodies)s::int[]) as p(unit_id, body)
), gone as (
    delete from service_quality_work w using told t where w.case_id = t.case_id
        and (t.received_on is null or t.is_linked)
), fresh as (
    select c.id, c.kind, p.body, left(coalesce(t.subject, ''), 20) as procedure, t.received_on,
        case when c.phase in (1, 2) then null else t.ended_on end as ended_on,
        t.is_granted,
        case when t.is_resolved then t.is_judged_late
             else coalesce((c.due_at at time zone %(zone)s)::date < t.ended_on, false) end as is_late,
        least(t.supplements, 99) as supplements, t.is_online,
        t.is_synced or c.id = any(%(synced)s) as is_synced,
        t.is_returned_online or c.id = any(%(with_result)s) as is_electronic,
        t.is_digitised, t.is_reused,
        t.is_reused or c.id = any(%(stored)s) as is_stored,
        c.id = any(%(proven)s) as is_verified,
        t.is_paid or c.id = any(%(owing)s) as is_owing,
        t.is_paid_online, t.is_disliked, t.is_repeated
    from told t join cases_case c on c.id = t.case_id join place p on p.unit_id = c.unit_id
    where c.kind = %(kind)s and t.received_on is not null and not t.is_linked
)
insert into service_quality_work (case_id, kind, unit_id, procedure, received_on, ended_on, is_finished, is_late,
    supplements, is_online, is_synced, is_electronic, is_digitised, is_reused, is_stored, is_verified, is_owing,
    is_paid_online, is_disliked, is_repeated)
select * from fresh
on conflict (case_id) do update set ({columns}) = row({excluded})
where row(service_quality_work.*) is distinct from row(excluded.*)
"""
_WORK = (
    "unit_id", "procedure", "received_on", "ended_on", "is_finished", "is_late", "supplements", "is_online",
    "is_synced", "is_electronic", "is_digitised", "is_reused", "is_stored", "is_verified", "is_owing",
    "is_paid_online", "is_disliked", "is_repeated",
)  # fmt: skip
READ = READ.replace("{{", "{").replace("}}", "}").replace("{columns}", ", ".join(_WORK))
READ = READ.replace("{excluded}", ", ".join(f"excluded.{name}" for name in _WORK))

# A month of work: what came in it, what ended in it, what stood open at its end. ``cut``: due before it is overdue.
_CAME = "w.received_on >= %(first)s"
_DONE = "w.ended_on between %(first)s and %(last)s"
_STOOD = "(w.ended_on is null or w.ended_on > %(last)s)"
_LATE = "(w.is_late or w.supplements > %(supplements)s)"
_OVERDUE = "(w.supplements > %(supplements)s or (c.phase <> 2 and c.due_at < %(cut)s))"
_DOSSIERS = {
    "received": _CAME,
    "online": f"{_CAME} and w.is_online",
    "synced": f"{_CAME} and w.is_synced",
    "reused": f"{_CAME} and w.is_reused",
    "stored": f"{_CAME} and w.is_stored",
    "verified": f"{_CAME} and w.is_verified",
    "owing": f"{_CAME} and w.is_owing",
    "paid_online": f"{_CAME} and w.is_owing and w.is_paid_online",
    "finished": f"{_DONE} and w.is_finished",
    "electronic": f"{_DONE} and w.is_finished and w.is_electronic",
    "digitised": f"{_DONE} and w.is_finished and w.is_electronic and w.is_digitised",
    "ended": _DONE,
    "ended_late": f"{_DONE} and {_LATE}",
    "open": _STOOD,
    "open_late": f"{_STOOD} and {_OVERDUE}",
}
_PETITIONS = {
    "petitions": _DONE,
    "petitions_late": f"{_DONE} and w.is_late",
    "petitions_bad": f"{_DONE} and (w.is_late or w.is_disliked or w.is_repeated)",
    "petitions_open_late": f"{_STOOD} and c.phase <> 2 and c.due_at < %(cut)s",
}
_MONTH = """
select w.unit_id, {subject}, {sums}
from service_quality_work w join cases_case c on c.id = w.case_id
where w.kind = %(kind)s and w.received_on <= %(last)s and (w.ended_on is null or w.ended_on >= %(first)s){more}
group by 1, 2
"""


def _counting(columns: dict[str, str], subject: str, more: str = "") -> str:
    sums = ", ".join(f"count(*) filter (where {rule}) as {name}" for name, rule in columns.items())
    return _MONTH.format(subject=subject, sums=sums, more=more)


DOSSIER_COLUMNS, PETITION_COLUMNS = tuple(_DOSSIERS), tuple(_PETITIONS)
COUNT_DOSSIERS = _counting(_DOSSIERS, "w.procedure")
COUNT_PETITIONS = _counting(_PETITIONS, "''", " and w.procedure = any(%(categories)s)")

# A period by unit and procedure: what happened in its months, what stood at the end of the last that was counted.
SUM = """
with newest as (
    select max(month) as stock from service_quality_monthtally where month between %(since)s and %(until)s
)
select unit_id, procedure, {sums} from service_quality_monthtally, newest
where month between %(since)s and %(until)s{{where}} group by 1, 2
""".format(  # noqa: S608 - only names of columns are put into the text
    sums=", ".join(f"sum({name})" + (" filter (where month = stock)" if name in STOCK else "") for name in COLUMNS)
)
