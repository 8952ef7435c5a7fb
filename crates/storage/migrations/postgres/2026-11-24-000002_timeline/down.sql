DROP TABLE timeline_entry;
DROP FUNCTION clock_us;
