-- a copy of a database must not speak to Cartona
DELETE FROM cartona_credential;
UPDATE cartona_config SET paused = true, pause_reason = 'This is a copy of the database.',
                          next_probe = NULL, alert_url = NULL, digest = 'never';
DELETE FROM cartona_rest;
DELETE FROM cartona_journal;
DELETE FROM cartona_withdrawal;
DELETE FROM cartona_attempt;
DELETE FROM cartona_outbox;
UPDATE cartona_task SET state = 'cancelled' WHERE state = 'running';
-- also those that were running: the copy's runner would start them again
DELETE FROM queue_job WHERE model_name LIKE 'cartona.%'
   AND state IN ('pending', 'enqueued', 'started', 'wait_dependencies');
