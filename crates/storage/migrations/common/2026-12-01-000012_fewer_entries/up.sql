-- Each step of a post writes to every index of its row. What is open of a connection is found by the connection's account.
DROP INDEX publication_connection;
-- Led by the caption, so that it is never taken for a way to all that an account ever published.
DROP INDEX publication_caption;
CREATE INDEX publication_caption ON publication (caption_hash, account) WHERE account IS NOT NULL;
