"""The one statement by which a month is counted: what happened in it, what stood open at its end, all sums of both."""

from __future__ import annotations

from tinhso.modules.statistics import rules

_OWN = tuple(name for name in rules.COLUMNS if name not in ("carried", "adjusted"))

COUNT = """
with place as (
    select * from unnest(%(units)s::int[], %(bodies)s::int[], %(levels)s::text[]) as p(unit_id, body, level)
), linked as (
    select distinct case_id from facts_fact where name = any(%(split)s)
), happened as (
    select f.unit_id, f.case_id, f.name, f."on", r.dims as known, f.dims->>'verdict' as verdict
    from facts_fact f
    cross join lateral (
        select case when f.name = any(%(received)s) then f.dims else
            (select dims from facts_fact where case_id = f.case_id and name = any(%(received)s) limit 1) end as dims
    ) r
    where f.name = any(%(names)s) and f."on" between %(first)s and %(last)s and f.entry_id <= %(entry)s
      and r.dims is not null and f.case_id not in (select case_id from linked)
), standing as (
    select c.id, c.unit_id, c.phase = 1 and c.due_at < %(cut)s as is_late
    from cases_case c where c.phase in (1, 2)
    union all
    select c.id, c.unit_id, c.due_at < %(cut)s
    from (select distinct case_id from facts_fact where name = any(%(ends)s) and "on" > %(last)s) e
    join cases_case c on c.id = e.case_id where c.phase > 2
), parts as (
    select unit_id, known, unnest(case
        when name = any(%(received)s) then array[case known->>'channel' when 'online' then 'online'
                                                 when 'post' then 'post' else 'counter' end]
        when name = any(%(resolved)s) then array[case verdict when 'early' then 'early' when 'late' then 'late'
                                                 else 'on_time' end]
        when name = any(%(ended)s) then array['withdrawn', (select case
            when c.due_at is not null and (c.due_at at time zone %(zone)s)::date < happened."on" then 'late'
            else 'on_time' end from cases_case c where c.id = case_id)]
        else array(select b.part from unnest(%(beside_names)s::text[], %(beside_parts)s::text[]) as b(name, part)
                   where b.name = happened.name)
    end) as part from happened
    union all
    select s.unit_id, r.dims, case when s.is_late then 'open_late' else 'open_in_time' end
    from standing s join facts_fact r on r.case_id = s.id and r.name = any(%(received)s)
    where r."on" <= %(last)s and r.entry_id <= %(entry)s and s.id not in (select case_id from linked)
), placed as (
    select p.body, p.level, left(coalesce(nullif(known->>'field', ''), %(other)s), 120) as field,
           left(coalesce(nullif(known->>'procedure', ''), '-'), 20) as procedure, part
    from parts join place p using (unit_id)
), fresh as (
    select body, coalesce(level, '') as level, coalesce(field, '') as field, coalesce(procedure, '') as procedure,
           {sums}
    from placed
    group by grouping sets (
        (body, level, field, procedure), (body, level, field), (body, level), (level, field, procedure),
        (level, field), (level), (field, procedure), (field), ())
), was as (
    select unit_id as body, level, field, procedure, open_in_time + open_late as carried
    from statistics_monthline where month = %(before)s and open_in_time + open_late <> 0
), lines as (
    select coalesce(f.body, w.body) as unit_id, coalesce(f.level, w.level) as level,
           coalesce(f.field, w.field) as field, coalesce(f.procedure, w.procedure) as procedure,
           coalesce(w.carried, 0) as carried, {columns}
    from fresh f full join was w on f.level = w.level and f.field = w.field and f.procedure = w.procedure
         and coalesce(f.body, 0) = coalesce(w.body, 0)
), balanced as (
    select *, early + on_time + late + open_in_time + open_late - carried - online - counter - post as adjusted
    from lines
), gone as (
    delete from statistics_monthline k where month = %(month)s and not exists (
        select 1 from balanced b where coalesce(b.unit_id, 0) = coalesce(k.unit_id, 0) and b.level = k.level
        and b.field = k.field and b.procedure = k.procedure)
)
insert into statistics_monthline (month, unit_id, level, field, procedure, carried, adjusted, {names})
select %(month)s, unit_id, level, field, procedure, carried, adjusted, {names} from balanced
on conflict (unit_id, level, procedure, month, field) do update set
    carried = excluded.carried, adjusted = excluded.adjusted, {updates}
where ({kept}) is distinct from ({excluded})
""".format(  # noqa: S608 - only names of columns are put into the text
    sums=", ".join(f"count(*) filter (where part = '{name}') as {name}" for name in _OWN),
    columns=", ".join(f"coalesce(f.{name}, 0) as {name}" for name in _OWN),
    names=", ".join(_OWN),
    updates=", ".join(f"{name} = excluded.{name}" for name in _OWN),
    kept=", ".join(f"statistics_monthline.{name}" for name in ("carried", "adjusted", *_OWN)),
    excluded=", ".join(f"excluded.{name}" for name in ("carried", "adjusted", *_OWN)),
)
