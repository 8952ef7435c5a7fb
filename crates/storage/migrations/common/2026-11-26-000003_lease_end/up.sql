-- When the next lease ends: what its holder left behind is due then.
CREATE INDEX publication_lease_end ON publication (lease_until) WHERE lease_until IS NOT NULL;
