ALTER TABLE account_day DROP COLUMN views_at;
ALTER TABLE account_day DROP COLUMN reach_at;
