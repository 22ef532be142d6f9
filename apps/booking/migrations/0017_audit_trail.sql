-- Who did what to whom, for people who do things to others: kept in the transaction that does it, and only added to.
-- People are ids here: who is erased is nobody in particular from then on, and the act stays.
create table audit_trail (
  id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  kind text not null constraint audit_trail_kind_named check (kind ~ '^[a-z]+\.[a-z_]+$'),
  -- Empty for a command at the server.
  actor_id integer,
  -- Whom or what it was done to.
  user_id integer,
  facilitator_id integer,
  event_id integer,
  -- Names of fields and counts, never what was written.
  details jsonb not null default '{}',
  network text,
  request_id text
);
create index audit_trail_by_kind on audit_trail (kind, id);
create index audit_trail_by_actor on audit_trail (actor_id, id);
create index audit_trail_by_user on audit_trail (user_id, id);

create function audit_trail_only_grows() returns trigger language plpgsql as $$
begin
  raise exception 'the audit trail is only added to' using errcode = 'insufficient_privilege', table = 'audit_trail';
end $$;
create trigger audit_trail_only_grows before update or delete or truncate on audit_trail
  for each statement execute function audit_trail_only_grows();
