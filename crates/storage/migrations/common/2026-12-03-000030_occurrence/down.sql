DROP TABLE occurrence;
DROP TABLE event_agenda;
DROP TABLE preference;
