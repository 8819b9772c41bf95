-- What people write and attach to an alert. Notes, attachments and edits are only ever added; a draft is replaced.
CREATE TABLE notes (
    sequence   BIGINT NOT NULL,
    alert_id   VARCHAR NOT NULL,
    text       VARCHAR NOT NULL,
    actor      VARCHAR NOT NULL,
    written_at TIMESTAMP NOT NULL
);

CREATE TABLE note_drafts (
    alert_id VARCHAR NOT NULL,
    actor    VARCHAR NOT NULL,
    text     VARCHAR NOT NULL,
    PRIMARY KEY (alert_id, actor)
);

CREATE TABLE attachments (
    sequence    BIGINT NOT NULL,
    alert_id    VARCHAR NOT NULL,
    name        VARCHAR NOT NULL,
    size        BIGINT NOT NULL,
    sha256      VARCHAR NOT NULL,
    actor       VARCHAR NOT NULL,
    attached_at TIMESTAMP NOT NULL,
    content     BLOB NOT NULL
);
