-- Two-step sign-in: beside what one knows, a code of an app one holds.

-- The secret that the app and we share, sealed with a key that is not in the database; null while it is off.
alter table users add column two_step_secret text;
alter table users add column two_step_since timestamptz;
-- The last of the half minutes since 1970 whose code was taken: none is taken twice.
alter table users add column two_step_last bigint;
alter table users add constraint users_two_step_whole check (
  (two_step_secret is null) = (two_step_since is null) and (two_step_secret is null) = (two_step_last is null)
);

-- Ways in for who has lost the app, each good for once. Only the hash of a code is kept.
create table recovery_codes (
  user_id integer not null constraint recovery_codes_user_exists references users (id) on delete cascade,
  code_hash bytea not null,
  used_at timestamptz,
  primary key (user_id, code_hash)
);
