CREATE TABLE made_anew (
    post_id TEXT NOT NULL,
    slot BIGINT NOT NULL,
    user_id TEXT NOT NULL,
    taken_at BIGINT NOT NULL,
    age BIGINT NOT NULL,
    likes BIGINT,
    comments BIGINT,
    shares BIGINT,
    impressions BIGINT,
    views BIGINT,
    reach BIGINT,
    saved BIGINT,
    total_interactions BIGINT,
    PRIMARY KEY (post_id, slot)
) WITHOUT ROWID;
INSERT INTO made_anew SELECT post_id, slot, user_id, taken_at, age, likes, comments, shares, impressions, views, reach, saved, total_interactions FROM snapshot
    ORDER BY post_id, slot;
DROP TABLE snapshot;
ALTER TABLE made_anew RENAME TO snapshot;
