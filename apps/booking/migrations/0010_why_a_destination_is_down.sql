-- Why a destination took nothing the last time, for whoever has to mend it.
alter table outbox_destinations add column down_reason text;
