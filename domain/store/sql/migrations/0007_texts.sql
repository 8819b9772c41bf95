-- Texts that people made of a draft by program, each kept beside it; only ever added, the newest holds.
CREATE TABLE text_edits (
    sequence  BIGINT NOT NULL,
    alert_id  VARCHAR NOT NULL,
    kind      VARCHAR NOT NULL CHECK (kind IN ('call', 'sar')),
    draft     VARCHAR NOT NULL,
    before    VARCHAR NOT NULL,
    after     VARCHAR NOT NULL,
    actor     VARCHAR NOT NULL,
    edited_at TIMESTAMP NOT NULL
);
