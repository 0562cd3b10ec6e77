-- Cases of procedures, what was done in them, the notices they issued, and registers by cases.
CREATE TABLE case_file (
    id         TEXT PRIMARY KEY,
    number     BIGINT NOT NULL,
    procedure  TEXT NOT NULL,
    rulebook   TEXT NOT NULL,
    enterprise TEXT,
    region     TEXT,
    content    TEXT NOT NULL,
    state      TEXT NOT NULL,
    turn       TEXT,
    public     BIGINT NOT NULL,
    closed     BIGINT NOT NULL,
    pending    BIGINT NOT NULL,
    opened     TEXT NOT NULL,
    entered    TEXT NOT NULL,
    due        TEXT,
    certain    BIGINT NOT NULL,
    parent     TEXT,
    opened_by  TEXT NOT NULL,
    opened_for TEXT NOT NULL,
    seen_by    TEXT NOT NULL,
    assigned   TEXT NOT NULL,
    trial      BIGINT NOT NULL,
    entry      BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX case_by_procedure ON case_file (procedure, closed, enterprise);
CREATE INDEX case_by_due ON case_file (closed, due);
CREATE INDEX case_by_parent ON case_file (parent);
CREATE TABLE case_act (
    case_id      TEXT NOT NULL,
    number       BIGINT NOT NULL,
    action       TEXT NOT NULL,
    stage        TEXT NOT NULL,
    person       TEXT NOT NULL,
    organisation TEXT NOT NULL,
    role         TEXT NOT NULL,
    day          TEXT NOT NULL,
    state_from   TEXT,
    state        TEXT NOT NULL,
    entered      BIGINT NOT NULL,
    answers      BIGINT,
    notice       TEXT,
    trial        BIGINT NOT NULL,
    entry        BIGINT NOT NULL,
    PRIMARY KEY (case_id, number)
) WITHOUT ROWID;
CREATE INDEX act_by_entry ON case_act (entry);
CREATE TABLE case_paper (
    case_id TEXT NOT NULL,
    number  BIGINT NOT NULL,
    form    TEXT NOT NULL,
    content TEXT NOT NULL,
    entry   BIGINT NOT NULL,
    PRIMARY KEY (case_id, number)
) WITHOUT ROWID;
CREATE TABLE notice (
    id         TEXT PRIMARY KEY,
    kind       TEXT NOT NULL,
    year       BIGINT NOT NULL,
    serial     BIGINT NOT NULL,
    number     TEXT NOT NULL,
    case_id    TEXT NOT NULL,
    act        BIGINT NOT NULL,
    enterprise TEXT,
    recipient  TEXT NOT NULL,
    issued     TEXT NOT NULL,
    served     TEXT,
    way        TEXT,
    evidence   TEXT,
    served_by  TEXT,
    entry      BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX notice_by_kind ON notice (kind, year, serial);
CREATE INDEX notice_by_case ON notice (case_id, act);
CREATE TABLE membership (
    register  TEXT NOT NULL,
    member    TEXT NOT NULL,
    stay      BIGINT NOT NULL,
    since     TEXT NOT NULL,
    reviewed  TEXT NOT NULL,
    until     TEXT,
    content   TEXT NOT NULL,
    case_id   TEXT NOT NULL,
    act       BIGINT NOT NULL,
    left_case TEXT,
    left_act  BIGINT,
    entry     BIGINT NOT NULL,
    PRIMARY KEY (register, member, stay)
) WITHOUT ROWID;
