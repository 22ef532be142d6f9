-- The other notifications of a client, who is known by user or by address.
create index booking_notifications_by_client on booking_notifications (facilitator_id, user_email);
