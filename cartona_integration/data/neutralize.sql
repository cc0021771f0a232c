-- a copy of a database must not speak to Cartona
DELETE FROM cartona_credential;
UPDATE cartona_config SET paused = true, pause_reason = 'This is a copy of the database.',
                          next_probe = NULL, alert_url = NULL, digest = 'never';
DELETE FROM cartona_rest;
DELETE FROM cartona_journal;
DELETE FROM cartona_withdrawal;
DELETE FROM cartona_attempt;
DELETE FROM cartona_outbox;
DELETE FROM cartona_to_invoice;
-- whoever has an OTP gets the goods, or has them paid
UPDATE cartona_order SET pickup_otp = NULL WHERE pickup_otp IS NOT NULL;
UPDATE stock_picking SET cartona_otp = NULL WHERE cartona_otp IS NOT NULL;
DELETE FROM cartona_handover;
UPDATE cartona_inbox
   SET payload = regexp_replace(payload, '("(pickup|retailer)_otp": *)("([^"\\]|\\.)*"|[0-9]+)',
                                '\1null', 'g')
 WHERE payload LIKE '%\_otp"%';
UPDATE cartona_task SET state = 'cancelled' WHERE state = 'running';
-- also those that were running: the copy's runner would start them again
DELETE FROM queue_job WHERE model_name LIKE 'cartona.%'
   AND state IN ('pending', 'enqueued', 'started', 'wait_dependencies');
