-- A user's readings of one age lie beside each other in an index: a ranking, which looks at one reading of each of ten thousand posts, read those
-- of all users at every age. One post's are found by an index of their own.
ALTER TABLE snapshot DROP CONSTRAINT snapshot_pkey;
ALTER TABLE snapshot ADD PRIMARY KEY (user_id, slot, post_id);
CREATE INDEX snapshot_post ON snapshot (post_id, slot);
