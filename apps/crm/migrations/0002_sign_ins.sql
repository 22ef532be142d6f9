-- Facilitators signed in to this application. The password stays with booking; only the hash of the sign-in's
-- secret is kept here.
create table sign_ins (
  id bigint generated always as identity primary key,
  secret_hash bytea not null constraint sign_ins_secret_hash_unique unique,
  kind text not null constraint sign_ins_kind_known check (kind in ('page', 'api')),
  user_id integer not null,
  facilitator_id integer not null,
  facilitator_name varchar(100) not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index sign_ins_by_user on sign_ins (user_id);
create index sign_ins_by_facilitator on sign_ins (facilitator_id);
create index sign_ins_by_expiry on sign_ins (expires_at);

create table rate_limits (
  key varchar(255) primary key,
  points integer not null default 0,
  expire bigint
);
