-- Many people booking at once, as one statement: what `book_place` does, for a whole batch. Arrays of equal length, one
-- entry per request in the order of arrival; keys (with their owner and fingerprint) are null where none was sent.
--
-- Answers one row per request: the booking, or why there is none, judged as if each had come by itself in that order.
-- `again` stands for what this function leaves to the single statement (a repeated key, a smaller wish behind one that
-- was too large). Raises what the single statement raises; then nothing of the batch is kept.
create function book_places(
  for_users integer[], at_events integer[], wanted_seats integer[],
  key_owners text[], request_keys text[], request_fingerprints text[]
) returns table (
  request integer, outcome text, max_participants integer, seats_left integer,
  id integer, user_id integer, event_id integer, booking_date timestamptz, status text, seats integer, answer text
)
language plpgsql
-- Planning anew for each call costs more than the call.
set plan_cache_mode = force_generic_plan
-- A plan made while a table was young would walk it from end to end for as long as the connection lives.
set enable_seqscan = off
as $$
#variable_conflict use_column
begin
  -- People before events, each in one order everywhere, so that nobody waits for anybody in a ring. The foreign key
  -- would lock the people anyway, but too late to see that one was erased meanwhile.
  perform 1 from users where id = any (for_users) order by id for key share;
  perform 1 from events where id = any (at_events) order by id for no key update;
  -- The next statement sees what was committed while this one waited.
  return query
  with asked as (
    select * from unnest(for_users, at_events, wanted_seats, key_owners, request_keys, request_fingerprints)
      with ordinality as request (user_id, event_id, seats, key_owner, key, fingerprint, number)
  ), judged as (
    select asked.*, e.max_participants, e.max_participants - e.seats_taken as free,
      case
        -- A repeated key gets its first answer, whatever became of the event since.
        when asked.key is not null and exists (
          select 1 from idempotency_keys known where known.owner = asked.key_owner and known.key = asked.key) then 'again'
        when e.id is null then 'not-found'
        when not e.is_active or e.cancelled_at is not null then 'event-inactive'
        when e.date_time <= clock_timestamp() then 'event-started'
        -- Who books twice in one batch: the second sees what became of the first.
        when row_number() over (partition by asked.user_id, asked.event_id order by number) > 1 then 'again'
        when asked.key is not null
          and row_number() over (partition by asked.key_owner, asked.key order by number) > 1 then 'again'
        else coalesce(
          (select case b.status when 'waitlisted' then 'already-waitlisted' else 'already-booked' end
             from bookings b where b.event_id = asked.event_id and b.user_id = asked.user_id
               and (holds_seat(b.status) or b.status = 'waitlisted')),
          case
            when asked.seats > e.max_participants then 'too-many-seats'
            when not exists (select 1 from users u where u.id = asked.user_id and u.deleted_at is null) then 'again'
          end)
      end as refusal
    from asked left join events e on e.id = asked.event_id
  ), ranked as (
    select judged.*, sum(seats) filter (where refusal is null) over (partition by event_id order by number) as up_to
    from judged
  ), booked as (
    insert into bookings (user_id, event_id, seats)
      select user_id, event_id, seats from ranked where refusal is null and up_to <= free order by event_id, number
      returning *
  ), answered as (
    select ranked.number, ranked.key_owner, ranked.key, ranked.fingerprint, booked.*,
      format('{"id":%s,"user_id":%s,"event_id":%s,"booking_date":"%s","status":"%s","seats":%s}',
        booked.id, booked.user_id, booked.event_id,
        to_char(booked.booking_date at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), booked.status, booked.seats)
        as answer
    from booked join ranked on ranked.user_id = booked.user_id and ranked.event_id = booked.event_id and ranked.refusal is null
  ), kept as (
    insert into idempotency_keys (owner, key, fingerprint, status, body)
      select key_owner, key, fingerprint, 201, answer from answered where key is not null
  ), left_over as (
    select ranked.event_id, ranked.free - coalesce(sum(booked.seats), 0)::integer as seats
    from ranked left join booked on booked.event_id = ranked.event_id and booked.user_id = ranked.user_id and ranked.refusal is null
    group by ranked.event_id, ranked.free
  )
  select ranked.number::integer,
    case
      when answered.id is not null then 'confirmed'
      when ranked.refusal is not null then ranked.refusal
      when left_over.seats = 0 then 'event-full'
      when ranked.seats > left_over.seats then 'not-enough-seats'
      else 'again'
    end,
    ranked.max_participants, left_over.seats, answered.id, answered.user_id, answered.event_id, answered.booking_date, answered.status::text,
    answered.seats, answered.answer
  from ranked
    left join answered on answered.number = ranked.number
    left join left_over on left_over.event_id = ranked.event_id
  order by ranked.number;
end $$;
