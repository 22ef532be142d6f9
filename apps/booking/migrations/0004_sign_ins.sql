-- Who is signed in where. Only the hash of the secret is kept; `page` secrets travel in a cookie, `api`
-- secrets as a bearer, and neither is taken for the other.
create table sign_ins (
  id bigint generated always as identity primary key,
  secret_hash bytea not null constraint sign_ins_secret_hash_unique unique,
  kind text not null constraint sign_ins_kind_known check (kind in ('page', 'api')),
  user_id integer not null constraint sign_ins_user_exists references users (id) on delete cascade,
  created_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index sign_ins_by_user on sign_ins (user_id);
create index sign_ins_by_expiry on sign_ins (expires_at);

-- Counters of the rate limiter (rate-limiter-flexible's table, so that limits hold over several processes).
create table rate_limits (
  key varchar(255) primary key,
  points integer not null default 0,
  expire bigint
);
