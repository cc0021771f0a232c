-- a copy of a database must not speak to Cartona
DELETE FROM cartona_credential;
UPDATE cartona_config SET paused = true, pause_reason = 'This is a copy of the database.';
DELETE FROM queue_job WHERE model_name LIKE 'cartona.%' AND state IN ('pending', 'enqueued', 'wait_dependencies');
