-- A message that asked in vain whether its destination is back keeps its lease, so that another asks next. Once the
-- destination is back it is due like everything else, for which it has to be known among those that are on their way.
alter table outbox add column unanswered_at timestamptz;
