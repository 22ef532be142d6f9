-- A Google account opens one account here, whoever writes.
create unique index users_google_id_unique on users (google_id);
