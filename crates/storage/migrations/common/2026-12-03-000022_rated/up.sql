-- Interactions and reach as one reading last told both, and when: what a rate is made of.
ALTER TABLE metrics ADD COLUMN rated_interactions BIGINT;
ALTER TABLE metrics ADD COLUMN rated_reach BIGINT;
ALTER TABLE metrics ADD COLUMN rated_at BIGINT;
UPDATE metrics SET rated_at = (SELECT MAX(taken_at) FROM snapshot s
    WHERE s.post_id = metrics.post_id AND s.total_interactions IS NOT NULL AND s.reach IS NOT NULL);
UPDATE metrics SET
    rated_interactions = (SELECT s.total_interactions FROM snapshot s WHERE s.post_id = metrics.post_id AND s.taken_at = metrics.rated_at
        AND s.total_interactions IS NOT NULL AND s.reach IS NOT NULL ORDER BY s.slot DESC LIMIT 1),
    rated_reach = (SELECT s.reach FROM snapshot s WHERE s.post_id = metrics.post_id AND s.taken_at = metrics.rated_at
        AND s.total_interactions IS NOT NULL AND s.reach IS NOT NULL ORDER BY s.slot DESC LIMIT 1)
    WHERE rated_at IS NOT NULL;
