DROP INDEX publication_lease_end;
