-- Rulebooks that one person proposed, until another publishes them.
CREATE TABLE rulebook_proposal (
    proposal   BIGINT PRIMARY KEY,
    version    TEXT COLLATE "C" NOT NULL,
    purpose    TEXT COLLATE "C" NOT NULL,
    packs      TEXT COLLATE "C" NOT NULL,
    base       TEXT COLLATE "C",
    proposer   TEXT COLLATE "C" NOT NULL,
    state      TEXT COLLATE "C" NOT NULL,
    decided_by TEXT COLLATE "C",
    entry      BIGINT NOT NULL
);
