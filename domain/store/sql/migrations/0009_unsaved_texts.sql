-- Whatever a person is typing about an alert, by what it is meant for, until it is saved or taken back.
CREATE TABLE unsaved_texts (
    alert_id VARCHAR NOT NULL,
    actor    VARCHAR NOT NULL,
    kind     VARCHAR NOT NULL,
    text     VARCHAR NOT NULL,
    PRIMARY KEY (alert_id, actor, kind)
);

INSERT INTO unsaved_texts SELECT alert_id, actor, 'note', text FROM note_drafts;

DROP TABLE note_drafts;
