-- When each of a day's numbers was last told: one that is told again makes no other one newer.
ALTER TABLE account_day ADD COLUMN reach_at BIGINT;
ALTER TABLE account_day ADD COLUMN views_at BIGINT;
UPDATE account_day SET reach_at = measured_at WHERE reach IS NOT NULL;
UPDATE account_day SET views_at = measured_at WHERE views IS NOT NULL;
