-- People see where they are signed in, and a guest is written to again only so often.

-- What a browser said it is, in words such as `Firefox on Linux`; null where it said nothing known.
alter table sign_ins add column agent text constraint sign_ins_agent_short check (length(agent) <= 60);

-- When a person was last written to because they asked for a place they have.
create index outbox_guest_again on outbox (user_id, event_id, occurred_at) where kind = 'guest.again';
