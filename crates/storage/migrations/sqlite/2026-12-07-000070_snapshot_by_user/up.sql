-- A user's readings of one age lie beside each other: a ranking looks at one reading of each of ten thousand posts, which lay in as many pages.
-- One post's are found by an index.
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
    PRIMARY KEY (user_id, slot, post_id)
) WITHOUT ROWID;
INSERT INTO made_anew SELECT post_id, slot, user_id, taken_at, age, likes, comments, shares, impressions, views, reach, saved, total_interactions FROM snapshot
    ORDER BY user_id, slot, post_id;
DROP TABLE snapshot;
ALTER TABLE made_anew RENAME TO snapshot;
CREATE INDEX snapshot_post ON snapshot (post_id, slot);
