-- What the journals say, so that questions over years need no reading of years. Nothing here is in
-- clear that the journals hold sealed, and all of it can be thrown away.

-- Every group of segments that was read, and the files it had then.
CREATE TABLE source (
    folder  INTEGER NOT NULL, -- 0 sessions, 1 care
    id      BLOB    NOT NULL,
    files   BLOB    NOT NULL, -- ordinal and length of each, eight bytes each; empty: read it again
    damaged INTEGER NOT NULL,
    PRIMARY KEY (folder, id)
) WITHOUT ROWID;

CREATE TABLE session (
    id         BLOB    PRIMARY KEY,
    place      INTEGER NOT NULL, -- ordinal of its first file: sessions began in this order
    closing    INTEGER NOT NULL, -- 0 closed, 1 under way, 2 left
    recovered  INTEGER NOT NULL, -- its end was written for it
    simulated  INTEGER NOT NULL,
    bench      INTEGER NOT NULL,
    damaged    INTEGER NOT NULL,
    started_ms INTEGER NOT NULL,
    ended_ms   INTEGER NOT NULL,
    lasted_ms  INTEGER NOT NULL,
    records    INTEGER NOT NULL,
    person     BLOB,             -- random; nobody's name
    summary    BLOB    NOT NULL
) WITHOUT ROWID;
CREATE INDEX session_by_place ON session (place);
CREATE INDEX session_by_person ON session (person, place);

CREATE TABLE act (
    sitting BLOB    NOT NULL,
    seq     INTEGER NOT NULL,
    place   INTEGER NOT NULL,
    person  BLOB    NOT NULL,
    at_ms   INTEGER NOT NULL,
    wall_ms INTEGER NOT NULL,
    kind    INTEGER NOT NULL,
    sealed  BLOB    NOT NULL,
    PRIMARY KEY (sitting, seq)
) WITHOUT ROWID;
CREATE INDEX act_by_person ON act (person, place, seq);

-- The newest record that names a person, sealed.
CREATE TABLE person (
    id      BLOB    PRIMARY KEY,
    session BLOB    NOT NULL,
    wall_ms INTEGER NOT NULL,
    sealed  BLOB    NOT NULL
) WITHOUT ROWID;
