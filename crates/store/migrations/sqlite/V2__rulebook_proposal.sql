-- Rulebooks that one person proposed, until another publishes them.
CREATE TABLE rulebook_proposal (
    proposal   BIGINT PRIMARY KEY,
    version    TEXT NOT NULL,
    purpose    TEXT NOT NULL,
    packs      TEXT NOT NULL,
    base       TEXT,
    proposer   TEXT NOT NULL,
    state      TEXT NOT NULL,
    decided_by TEXT,
    entry      BIGINT NOT NULL
);
