-- Hardly any post has a lane or is an open test, and each step writes to every index that its row is in.
ALTER TABLE publication DROP CONSTRAINT publication_lane_key;
CREATE UNIQUE INDEX publication_lane_key ON publication (lane) WHERE lane IS NOT NULL;
ALTER TABLE publication DROP CONSTRAINT publication_test_of_key;
CREATE UNIQUE INDEX publication_test_of_key ON publication (test_of) WHERE test_of IS NOT NULL;
