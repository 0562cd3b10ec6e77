-- Cases of procedures, what was done in them, the notices they issued, and registers by cases.
CREATE TABLE case_file (
    id         TEXT COLLATE "C" PRIMARY KEY,
    number     BIGINT NOT NULL,
    procedure  TEXT COLLATE "C" NOT NULL,
    rulebook   TEXT COLLATE "C" NOT NULL,
    enterprise TEXT COLLATE "C",
    region     TEXT COLLATE "C",
    content    TEXT COLLATE "C" NOT NULL,
    state      TEXT COLLATE "C" NOT NULL,
    turn       TEXT COLLATE "C",
    public     BIGINT NOT NULL,
    closed     BIGINT NOT NULL,
    pending    BIGINT NOT NULL,
    opened     TEXT COLLATE "C" NOT NULL,
    entered    TEXT COLLATE "C" NOT NULL,
    due        TEXT COLLATE "C",
    certain    BIGINT NOT NULL,
    parent     TEXT COLLATE "C",
    opened_by  TEXT COLLATE "C" NOT NULL,
    opened_for TEXT COLLATE "C" NOT NULL,
    seen_by    TEXT COLLATE "C" NOT NULL,
    assigned   TEXT COLLATE "C" NOT NULL,
    trial      BIGINT NOT NULL,
    entry      BIGINT NOT NULL
);
CREATE INDEX case_by_procedure ON case_file (procedure, closed, enterprise);
CREATE INDEX case_by_due ON case_file (closed, due);
CREATE INDEX case_by_parent ON case_file (parent);
CREATE TABLE case_act (
    case_id      TEXT COLLATE "C" NOT NULL,
    number       BIGINT NOT NULL,
    action       TEXT COLLATE "C" NOT NULL,
    stage        TEXT COLLATE "C" NOT NULL,
    person       TEXT COLLATE "C" NOT NULL,
    organisation TEXT COLLATE "C" NOT NULL,
    role         TEXT COLLATE "C" NOT NULL,
    day          TEXT COLLATE "C" NOT NULL,
    state_from   TEXT COLLATE "C",
    state        TEXT COLLATE "C" NOT NULL,
    entered      BIGINT NOT NULL,
    answers      BIGINT,
    notice       TEXT COLLATE "C",
    trial        BIGINT NOT NULL,
    entry        BIGINT NOT NULL,
    PRIMARY KEY (case_id, number)
);
CREATE INDEX act_by_entry ON case_act (entry);
CREATE TABLE case_paper (
    case_id TEXT COLLATE "C" NOT NULL,
    number  BIGINT NOT NULL,
    form    TEXT COLLATE "C" NOT NULL,
    content TEXT COLLATE "C" NOT NULL,
    entry   BIGINT NOT NULL,
    PRIMARY KEY (case_id, number)
);
CREATE TABLE notice (
    id         TEXT COLLATE "C" PRIMARY KEY,
    kind       TEXT COLLATE "C" NOT NULL,
    year       BIGINT NOT NULL,
    serial     BIGINT NOT NULL,
    number     TEXT COLLATE "C" NOT NULL,
    case_id    TEXT COLLATE "C" NOT NULL,
    act        BIGINT NOT NULL,
    enterprise TEXT COLLATE "C",
    recipient  TEXT COLLATE "C" NOT NULL,
    issued     TEXT COLLATE "C" NOT NULL,
    served     TEXT COLLATE "C",
    way        TEXT COLLATE "C",
    evidence   TEXT COLLATE "C",
    served_by  TEXT COLLATE "C",
    entry      BIGINT NOT NULL
);
CREATE INDEX notice_by_kind ON notice (kind, year, serial);
CREATE INDEX notice_by_case ON notice (case_id, act);
CREATE TABLE membership (
    register  TEXT COLLATE "C" NOT NULL,
    member    TEXT COLLATE "C" NOT NULL,
    stay      BIGINT NOT NULL,
    since     TEXT COLLATE "C" NOT NULL,
    reviewed  TEXT COLLATE "C" NOT NULL,
    until     TEXT COLLATE "C",
    content   TEXT COLLATE "C" NOT NULL,
    case_id   TEXT COLLATE "C" NOT NULL,
    act       BIGINT NOT NULL,
    left_case TEXT COLLATE "C",
    left_act  BIGINT,
    entry     BIGINT NOT NULL,
    PRIMARY KEY (register, member, stay)
);
