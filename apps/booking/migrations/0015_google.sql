-- A Google account opens one account here, whoever writes.
create unique index users_google_id_unique on users (google_id) where google_id is not null;

-- Which sign-ins came back from Google, so that each comes back once. Old ones are swept away.
create table google_returns (
  state_hash bytea not null constraint google_returns_pkey primary key,
  returned_at timestamptz not null default clock_timestamp()
);
create index google_returns_by_time on google_returns (returned_at);
