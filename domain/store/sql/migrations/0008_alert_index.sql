-- Opening, deciding and claiming an alert look one up by id: without these each reads the ids of all alerts, 40 ms of
-- two million. Filling them costs scoring some 2 s a million alerts.
CREATE INDEX alerts_by_id ON alerts (alert_id);
CREATE INDEX alerts_by_transaction ON alerts (transaction_id);
