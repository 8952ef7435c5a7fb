-- When the number was last told that Instagram has not repeated for longest, where that is not when it last answered.
ALTER TABLE metrics ADD COLUMN oldest_at BIGINT;
UPDATE metrics SET oldest_at = (SELECT MIN(told.at) FROM (
    SELECT MAX(s.taken_at) AS at FROM snapshot s WHERE s.post_id = metrics.post_id AND s.likes IS NOT NULL UNION ALL
    SELECT MAX(s.taken_at) FROM snapshot s WHERE s.post_id = metrics.post_id AND s.comments IS NOT NULL UNION ALL
    SELECT MAX(s.taken_at) FROM snapshot s WHERE s.post_id = metrics.post_id AND s.shares IS NOT NULL UNION ALL
    SELECT MAX(s.taken_at) FROM snapshot s WHERE s.post_id = metrics.post_id AND s.impressions IS NOT NULL UNION ALL
    SELECT MAX(s.taken_at) FROM snapshot s WHERE s.post_id = metrics.post_id AND s.views IS NOT NULL UNION ALL
    SELECT MAX(s.taken_at) FROM snapshot s WHERE s.post_id = metrics.post_id AND s.reach IS NOT NULL UNION ALL
    SELECT MAX(s.taken_at) FROM snapshot s WHERE s.post_id = metrics.post_id AND s.saved IS NOT NULL UNION ALL
    SELECT MAX(s.taken_at) FROM snapshot s WHERE s.post_id = metrics.post_id AND s.total_interactions IS NOT NULL
) told) WHERE measured_at IS NOT NULL;
UPDATE metrics SET oldest_at = NULL WHERE oldest_at = measured_at;
