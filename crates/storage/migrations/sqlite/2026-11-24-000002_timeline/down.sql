DROP TABLE timeline_entry;
