-- Columns of `features` follow sql/features.sql and are made by FeatureTable.compute; until then it is empty.
CREATE TABLE features (transaction_id VARCHAR NOT NULL, occurred_at TIMESTAMP NOT NULL, tick BIGINT NOT NULL);
