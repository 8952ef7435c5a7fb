-- A user's readings of one age lie beside each other in an index that has all that a ranking looks at: it read the readings of all posts of all
-- users at every age. One post's are found by an index of their own.
ALTER TABLE snapshot DROP CONSTRAINT snapshot_pkey;
ALTER TABLE snapshot ADD PRIMARY KEY (user_id, slot, post_id)
    INCLUDE (taken_at, age, likes, comments, shares, impressions, views, reach, saved, total_interactions);
CREATE INDEX snapshot_post ON snapshot (post_id, slot);
