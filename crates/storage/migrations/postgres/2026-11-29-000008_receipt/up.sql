-- Of a post that an adopted copy knows no container of, a person may still name the media.
ALTER TABLE receipt ALTER COLUMN container_id DROP NOT NULL;
