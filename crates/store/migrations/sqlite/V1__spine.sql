-- Evidence: what is appended and never changed, but for the erasure of openings.
CREATE TABLE journal (
    sequence BIGINT PRIMARY KEY,
    entry    BLOB NOT NULL
);
CREATE TABLE opening (
    sequence BIGINT NOT NULL,
    part     TEXT NOT NULL,
    secret   BLOB NOT NULL,
    content  BLOB NOT NULL,
    PRIMARY KEY (sequence, part)
) WITHOUT ROWID;
CREATE TABLE log_hash (
    position BIGINT PRIMARY KEY,
    hash     BLOB NOT NULL
);
CREATE TABLE head (
    id      BIGINT PRIMARY KEY CHECK (id = 1),
    size    BIGINT NOT NULL,
    time_ms BIGINT NOT NULL
);
INSERT INTO head (id, size, time_ms) VALUES (1, 0, 0);

-- Derived: rebuilt from the journal by `tanheng replay`.
CREATE TABLE idempotency (
    actor TEXT NOT NULL,
    key   TEXT NOT NULL,
    entry BIGINT NOT NULL,
    PRIMARY KEY (actor, key)
) WITHOUT ROWID;
CREATE TABLE erasure (
    sequence BIGINT PRIMARY KEY,
    reason   TEXT NOT NULL,
    entry    BIGINT NOT NULL
);
CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    entry BIGINT NOT NULL
) WITHOUT ROWID;
CREATE TABLE pack (
    digest TEXT PRIMARY KEY,
    id     TEXT NOT NULL,
    files  TEXT NOT NULL,
    entry  BIGINT NOT NULL
) WITHOUT ROWID;
CREATE TABLE rulebook (
    version TEXT PRIMARY KEY,
    purpose TEXT NOT NULL,
    packs   TEXT NOT NULL,
    entry   BIGINT NOT NULL
) WITHOUT ROWID;
CREATE TABLE actor (
    id         TEXT PRIMARY KEY,
    role       TEXT NOT NULL,
    scope      TEXT NOT NULL,
    entry      BIGINT NOT NULL
) WITHOUT ROWID;
CREATE TABLE enterprise (
    id       TEXT PRIMARY KEY,
    name     TEXT NOT NULL,
    region   TEXT NOT NULL,
    industry TEXT NOT NULL,
    example  BIGINT NOT NULL,
    listed   TEXT,
    entry    BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX enterprise_by_region ON enterprise (region, id);
CREATE TABLE facility (
    enterprise TEXT NOT NULL,
    id         TEXT NOT NULL,
    name       TEXT NOT NULL,
    entry      BIGINT NOT NULL,
    PRIMARY KEY (enterprise, id)
) WITHOUT ROWID;
CREATE TABLE published_list (
    id             TEXT PRIMARY KEY,
    title_zh       TEXT NOT NULL,
    title_en       TEXT NOT NULL,
    document       TEXT NOT NULL,
    clause         TEXT NOT NULL,
    declared_count BIGINT NOT NULL,
    published      TEXT NOT NULL,
    note_zh        TEXT NOT NULL,
    note_en        TEXT NOT NULL,
    entry          BIGINT NOT NULL
) WITHOUT ROWID;
CREATE TABLE list_entry (
    list   TEXT NOT NULL,
    serial BIGINT NOT NULL,
    region TEXT NOT NULL,
    name   TEXT NOT NULL,
    entry  BIGINT NOT NULL,
    PRIMARY KEY (list, serial)
) WITHOUT ROWID;
CREATE TABLE quality_plan (
    enterprise TEXT NOT NULL,
    version    BIGINT NOT NULL,
    starts     TEXT NOT NULL,
    content    TEXT NOT NULL,
    entry      BIGINT NOT NULL,
    PRIMARY KEY (enterprise, version)
) WITHOUT ROWID;
CREATE TABLE filing (
    id           TEXT PRIMARY KEY,
    form         TEXT NOT NULL,
    enterprise   TEXT NOT NULL,
    period       TEXT NOT NULL,
    version      BIGINT NOT NULL,
    state        TEXT NOT NULL,
    digest       TEXT NOT NULL,
    rulebook     TEXT NOT NULL,
    actor        TEXT NOT NULL,
    submitted_ms BIGINT NOT NULL,
    finding      TEXT,
    entry        BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX filing_by_period ON filing (enterprise, form, period, version);
CREATE INDEX filing_by_entry ON filing (entry);
CREATE TABLE version_history (
    enterprise TEXT NOT NULL,
    form       TEXT NOT NULL,
    period     TEXT NOT NULL,
    content    TEXT NOT NULL,
    entry      BIGINT NOT NULL,
    PRIMARY KEY (enterprise, form, period)
) WITHOUT ROWID;
CREATE TABLE ledger_line (
    filing         TEXT NOT NULL,
    row            BIGINT NOT NULL,
    facility       TEXT NOT NULL,
    source         TEXT NOT NULL,
    kind           TEXT NOT NULL,
    material       TEXT NOT NULL,
    amount         TEXT NOT NULL,
    ncv            TEXT,
    carbon_content TEXT,
    oxidation      TEXT,
    determination  TEXT,
    meter          TEXT,
    evidence       TEXT,
    method         TEXT,
    inputs         TEXT,
    emission_e2    BIGINT,
    basis          TEXT NOT NULL,
    entry          BIGINT NOT NULL,
    PRIMARY KEY (filing, row)
) WITHOUT ROWID;
CREATE TABLE month_figure (
    enterprise  TEXT NOT NULL,
    month       TEXT NOT NULL,
    filing      TEXT NOT NULL,
    direct_e2   BIGINT NOT NULL,
    indirect_e2 BIGINT NOT NULL,
    outputs     TEXT NOT NULL,
    standing    TEXT NOT NULL,
    trial       BIGINT NOT NULL,
    example     BIGINT NOT NULL,
    sealed      BIGINT NOT NULL,
    entry       BIGINT NOT NULL,
    PRIMARY KEY (enterprise, month)
) WITHOUT ROWID;
CREATE TABLE year_figure (
    enterprise TEXT NOT NULL,
    year       TEXT NOT NULL,
    version    BIGINT NOT NULL,
    kind       TEXT NOT NULL,
    direct_e2  BIGINT NOT NULL,
    total_e2   BIGINT NOT NULL,
    trial      BIGINT NOT NULL,
    example    BIGINT NOT NULL,
    standing   TEXT NOT NULL,
    reason     TEXT NOT NULL,
    entry      BIGINT NOT NULL,
    PRIMARY KEY (enterprise, year, version, kind)
) WITHOUT ROWID;
CREATE TABLE verification (
    enterprise TEXT NOT NULL,
    year       TEXT NOT NULL,
    agency     TEXT NOT NULL,
    state      TEXT NOT NULL,
    conclusion TEXT,
    entry      BIGINT NOT NULL,
    PRIMARY KEY (enterprise, year)
) WITHOUT ROWID;
CREATE INDEX verification_by_agency ON verification (agency, enterprise);
CREATE TABLE finding (
    id         TEXT PRIMARY KEY,
    enterprise TEXT NOT NULL,
    year       TEXT NOT NULL,
    month      TEXT,
    content    TEXT NOT NULL,
    state      TEXT NOT NULL,
    answer     TEXT,
    filing     TEXT,
    entry      BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX finding_by_year ON finding (enterprise, year);
CREATE TABLE class_decision (
    enterprise TEXT NOT NULL,
    year       TEXT NOT NULL,
    version    BIGINT NOT NULL,
    outcome    TEXT NOT NULL,
    class      TEXT,
    detail     TEXT NOT NULL,
    entry      BIGINT NOT NULL,
    PRIMARY KEY (enterprise, year, version)
) WITHOUT ROWID;
CREATE TABLE register_event (
    register   TEXT NOT NULL,
    enterprise TEXT NOT NULL,
    year       TEXT NOT NULL,
    event      TEXT NOT NULL,
    class_from TEXT,
    class_to   TEXT,
    entry      BIGINT NOT NULL,
    PRIMARY KEY (register, enterprise, entry)
) WITHOUT ROWID;
CREATE TABLE register_member (
    register   TEXT NOT NULL,
    enterprise TEXT NOT NULL,
    class      TEXT NOT NULL,
    since      TEXT NOT NULL,
    entry      BIGINT NOT NULL,
    PRIMARY KEY (register, enterprise)
) WITHOUT ROWID;
CREATE TABLE obligation (
    enterprise TEXT NOT NULL,
    year       TEXT NOT NULL,
    version    BIGINT NOT NULL,
    kind       TEXT NOT NULL,
    outcome    TEXT NOT NULL,
    tonnes_e8  BIGINT,
    example    BIGINT NOT NULL,
    detail     TEXT NOT NULL,
    entry      BIGINT NOT NULL,
    PRIMARY KEY (enterprise, year, version, kind)
) WITHOUT ROWID;
CREATE TABLE consequence (
    enterprise          TEXT NOT NULL,
    year                TEXT NOT NULL,
    version             BIGINT NOT NULL,
    event               TEXT NOT NULL,
    emission_delta_e2   BIGINT NOT NULL,
    obligation_delta_e8 BIGINT,
    class_from          TEXT,
    class_to            TEXT,
    entry               BIGINT NOT NULL,
    PRIMARY KEY (enterprise, year, entry)
) WITHOUT ROWID;
