-- Evidence: what is appended and never changed, but for the erasure of openings.
CREATE TABLE journal (
    sequence BIGINT PRIMARY KEY,
    entry    BYTEA NOT NULL
);
CREATE TABLE opening (
    sequence BIGINT NOT NULL,
    part     TEXT COLLATE "C" NOT NULL,
    secret   BYTEA NOT NULL,
    content  BYTEA NOT NULL,
    PRIMARY KEY (sequence, part)
);
CREATE TABLE log_hash (
    position BIGINT PRIMARY KEY,
    hash     BYTEA NOT NULL
);
CREATE TABLE head (
    id      BIGINT PRIMARY KEY CHECK (id = 1),
    size    BIGINT NOT NULL,
    time_ms BIGINT NOT NULL
);
INSERT INTO head (id, size, time_ms) VALUES (1, 0, 0);

-- Derived: rebuilt from the journal by `tanheng replay`.
CREATE TABLE idempotency (
    actor TEXT COLLATE "C" NOT NULL,
    key   TEXT COLLATE "C" NOT NULL,
    entry BIGINT NOT NULL,
    PRIMARY KEY (actor, key)
);
CREATE TABLE erasure (
    sequence BIGINT PRIMARY KEY,
    reason   TEXT COLLATE "C" NOT NULL,
    entry    BIGINT NOT NULL
);
CREATE TABLE setting (
    name  TEXT COLLATE "C" PRIMARY KEY,
    value TEXT COLLATE "C" NOT NULL,
    entry BIGINT NOT NULL
);
CREATE TABLE pack (
    digest TEXT COLLATE "C" PRIMARY KEY,
    id     TEXT COLLATE "C" NOT NULL,
    files  TEXT COLLATE "C" NOT NULL,
    entry  BIGINT NOT NULL
);
CREATE TABLE rulebook (
    version TEXT COLLATE "C" PRIMARY KEY,
    purpose TEXT COLLATE "C" NOT NULL,
    packs   TEXT COLLATE "C" NOT NULL,
    entry   BIGINT NOT NULL
);
CREATE TABLE actor (
    id         TEXT COLLATE "C" PRIMARY KEY,
    role       TEXT COLLATE "C" NOT NULL,
    scope      TEXT COLLATE "C" NOT NULL,
    entry      BIGINT NOT NULL
);
CREATE TABLE enterprise (
    id       TEXT COLLATE "C" PRIMARY KEY,
    name     TEXT COLLATE "C" NOT NULL,
    region   TEXT COLLATE "C" NOT NULL,
    industry TEXT COLLATE "C" NOT NULL,
    example  BIGINT NOT NULL,
    listed   TEXT COLLATE "C",
    entry    BIGINT NOT NULL
);
CREATE INDEX enterprise_by_region ON enterprise (region, id);
CREATE TABLE facility (
    enterprise TEXT COLLATE "C" NOT NULL,
    id         TEXT COLLATE "C" NOT NULL,
    name       TEXT COLLATE "C" NOT NULL,
    entry      BIGINT NOT NULL,
    PRIMARY KEY (enterprise, id)
);
CREATE TABLE published_list (
    id             TEXT COLLATE "C" PRIMARY KEY,
    title_zh       TEXT COLLATE "C" NOT NULL,
    title_en       TEXT COLLATE "C" NOT NULL,
    document       TEXT COLLATE "C" NOT NULL,
    clause         TEXT COLLATE "C" NOT NULL,
    declared_count BIGINT NOT NULL,
    published      TEXT COLLATE "C" NOT NULL,
    note_zh        TEXT COLLATE "C" NOT NULL,
    note_en        TEXT COLLATE "C" NOT NULL,
    entry          BIGINT NOT NULL
);
CREATE TABLE list_entry (
    list   TEXT COLLATE "C" NOT NULL,
    serial BIGINT NOT NULL,
    region TEXT COLLATE "C" NOT NULL,
    name   TEXT COLLATE "C" NOT NULL,
    entry  BIGINT NOT NULL,
    PRIMARY KEY (list, serial)
);
CREATE TABLE quality_plan (
    enterprise TEXT COLLATE "C" NOT NULL,
    version    BIGINT NOT NULL,
    starts     TEXT COLLATE "C" NOT NULL,
    content    TEXT COLLATE "C" NOT NULL,
    entry      BIGINT NOT NULL,
    PRIMARY KEY (enterprise, version)
);
CREATE TABLE filing (
    id           TEXT COLLATE "C" PRIMARY KEY,
    form         TEXT COLLATE "C" NOT NULL,
    enterprise   TEXT COLLATE "C" NOT NULL,
    period       TEXT COLLATE "C" NOT NULL,
    version      BIGINT NOT NULL,
    state        TEXT COLLATE "C" NOT NULL,
    digest       TEXT COLLATE "C" NOT NULL,
    rulebook     TEXT COLLATE "C" NOT NULL,
    actor        TEXT COLLATE "C" NOT NULL,
    submitted_ms BIGINT NOT NULL,
    finding      TEXT COLLATE "C",
    entry        BIGINT NOT NULL
);
CREATE INDEX filing_by_period ON filing (enterprise, form, period, version);
CREATE INDEX filing_by_entry ON filing (entry);
CREATE TABLE version_history (
    enterprise TEXT COLLATE "C" NOT NULL,
    form       TEXT COLLATE "C" NOT NULL,
    period     TEXT COLLATE "C" NOT NULL,
    content    TEXT COLLATE "C" NOT NULL,
    entry      BIGINT NOT NULL,
    PRIMARY KEY (enterprise, form, period)
);
CREATE TABLE ledger_line (
    filing         TEXT COLLATE "C" NOT NULL,
    row            BIGINT NOT NULL,
    facility       TEXT COLLATE "C" NOT NULL,
    source         TEXT COLLATE "C" NOT NULL,
    kind           TEXT COLLATE "C" NOT NULL,
    material       TEXT COLLATE "C" NOT NULL,
    amount         TEXT COLLATE "C" NOT NULL,
    ncv            TEXT COLLATE "C",
    carbon_content TEXT COLLATE "C",
    oxidation      TEXT COLLATE "C",
    determination  TEXT COLLATE "C",
    meter          TEXT COLLATE "C",
    evidence       TEXT COLLATE "C",
    method         TEXT COLLATE "C",
    inputs         TEXT COLLATE "C",
    emission_e2    BIGINT,
    basis          TEXT COLLATE "C" NOT NULL,
    entry          BIGINT NOT NULL,
    PRIMARY KEY (filing, row)
);
CREATE TABLE month_figure (
    enterprise  TEXT COLLATE "C" NOT NULL,
    month       TEXT COLLATE "C" NOT NULL,
    filing      TEXT COLLATE "C" NOT NULL,
    direct_e2   BIGINT NOT NULL,
    indirect_e2 BIGINT NOT NULL,
    outputs     TEXT COLLATE "C" NOT NULL,
    standing    TEXT COLLATE "C" NOT NULL,
    trial       BIGINT NOT NULL,
    example     BIGINT NOT NULL,
    sealed      BIGINT NOT NULL,
    entry       BIGINT NOT NULL,
    PRIMARY KEY (enterprise, month)
);
CREATE TABLE year_figure (
    enterprise TEXT COLLATE "C" NOT NULL,
    year       TEXT COLLATE "C" NOT NULL,
    version    BIGINT NOT NULL,
    kind       TEXT COLLATE "C" NOT NULL,
    direct_e2  BIGINT NOT NULL,
    total_e2   BIGINT NOT NULL,
    trial      BIGINT NOT NULL,
    example    BIGINT NOT NULL,
    standing   TEXT COLLATE "C" NOT NULL,
    reason     TEXT COLLATE "C" NOT NULL,
    entry      BIGINT NOT NULL,
    PRIMARY KEY (enterprise, year, version, kind)
);
CREATE TABLE verification (
    enterprise TEXT COLLATE "C" NOT NULL,
    year       TEXT COLLATE "C" NOT NULL,
    agency     TEXT COLLATE "C" NOT NULL,
    state      TEXT COLLATE "C" NOT NULL,
    conclusion TEXT COLLATE "C",
    entry      BIGINT NOT NULL,
    PRIMARY KEY (enterprise, year)
);
CREATE INDEX verification_by_agency ON verification (agency, enterprise);
CREATE TABLE finding (
    id         TEXT COLLATE "C" PRIMARY KEY,
    enterprise TEXT COLLATE "C" NOT NULL,
    year       TEXT COLLATE "C" NOT NULL,
    month      TEXT COLLATE "C",
    content    TEXT COLLATE "C" NOT NULL,
    state      TEXT COLLATE "C" NOT NULL,
    answer     TEXT COLLATE "C",
    filing     TEXT COLLATE "C",
    entry      BIGINT NOT NULL
);
CREATE INDEX finding_by_year ON finding (enterprise, year);
CREATE TABLE class_decision (
    enterprise TEXT COLLATE "C" NOT NULL,
    year       TEXT COLLATE "C" NOT NULL,
    version    BIGINT NOT NULL,
    outcome    TEXT COLLATE "C" NOT NULL,
    class      TEXT COLLATE "C",
    detail     TEXT COLLATE "C" NOT NULL,
    entry      BIGINT NOT NULL,
    PRIMARY KEY (enterprise, year, version)
);
CREATE TABLE register_event (
    register   TEXT COLLATE "C" NOT NULL,
    enterprise TEXT COLLATE "C" NOT NULL,
    year       TEXT COLLATE "C" NOT NULL,
    event      TEXT COLLATE "C" NOT NULL,
    class_from TEXT COLLATE "C",
    class_to   TEXT COLLATE "C",
    entry      BIGINT NOT NULL,
    PRIMARY KEY (register, enterprise, entry)
);
CREATE TABLE register_member (
    register   TEXT COLLATE "C" NOT NULL,
    enterprise TEXT COLLATE "C" NOT NULL,
    class      TEXT COLLATE "C" NOT NULL,
    since      TEXT COLLATE "C" NOT NULL,
    entry      BIGINT NOT NULL,
    PRIMARY KEY (register, enterprise)
);
CREATE TABLE obligation (
    enterprise TEXT COLLATE "C" NOT NULL,
    year       TEXT COLLATE "C" NOT NULL,
    version    BIGINT NOT NULL,
    kind       TEXT COLLATE "C" NOT NULL,
    outcome    TEXT COLLATE "C" NOT NULL,
    tonnes_e8  BIGINT,
    example    BIGINT NOT NULL,
    detail     TEXT COLLATE "C" NOT NULL,
    entry      BIGINT NOT NULL,
    PRIMARY KEY (enterprise, year, version, kind)
);
CREATE TABLE consequence (
    enterprise          TEXT COLLATE "C" NOT NULL,
    year                TEXT COLLATE "C" NOT NULL,
    version             BIGINT NOT NULL,
    event               TEXT COLLATE "C" NOT NULL,
    emission_delta_e2   BIGINT NOT NULL,
    obligation_delta_e8 BIGINT,
    class_from          TEXT COLLATE "C",
    class_to            TEXT COLLATE "C",
    entry               BIGINT NOT NULL,
    PRIMARY KEY (enterprise, year, entry)
);
