-- Passkeys: signing in by a device instead of a password.

-- What the authenticators of a person know them by: random, so that it tells nobody the id.
alter table users add column passkey_handle bytea constraint users_passkey_handle_unique unique;

create table passkeys (
  id bigint generated always as identity primary key,
  user_id integer not null constraint passkeys_user_exists references users (id) on delete cascade,
  -- How the authenticator calls it, and the key that checks what it signs.
  credential_id bytea not null constraint passkeys_credential_unique unique,
  public_key bytea not null,
  -- How often it signed, as far as its authenticator counts; else it stays 0.
  counter bigint not null,
  name text not null constraint passkeys_name_short check (length(name) between 1 and 60),
  added_at timestamptz not null default now(),
  last_used_at timestamptz
);
create index passkeys_by_user on passkeys (user_id);

-- Challenges that were answered: each is, once. Forgotten when they are too old to be answered anyway.
create table answered_challenges (
  challenge_hash bytea primary key,
  answered_at timestamptz not null default clock_timestamp()
);
