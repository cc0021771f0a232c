-- What version 1.0 had and 1.1 has no more: with this, the database is one that 1.0 left.
UPDATE ir_module_module
   SET latest_version = regexp_replace(latest_version, '1\.1$', '1.0')
 WHERE name = 'cartona_integration';

-- Fields of cartona.order.
ALTER TABLE cartona_order
  ADD COLUMN seen_digest varchar,
  ADD COLUMN seen_date timestamp,
  ADD COLUMN acknowledged boolean;
UPDATE cartona_order
   SET seen_digest = applied_digest, seen_date = now() AT TIME ZONE 'UTC', acknowledged = true;
CREATE INDEX cartona_order__acknowledge ON cartona_order (config_id, acknowledged);

INSERT INTO ir_model_fields (name, model, model_id, field_description, ttype, state, store)
SELECT old.name, model, model_id, field_description, old.ttype, state, store
  FROM ir_model_fields AS known,
       (VALUES ('seen_digest', 'char'), ('seen_date', 'datetime'), ('acknowledged', 'boolean'))
           AS old (name, ttype)
 WHERE model = 'cartona.order' AND known.name = 'applied_digest';
INSERT INTO ir_model_data (module, name, model, res_id, noupdate)
SELECT 'cartona_integration', 'field_cartona_order__' || name, 'ir.model.fields', id, false
  FROM ir_model_fields
 WHERE model = 'cartona.order' AND name IN ('seen_digest', 'seen_date', 'acknowledged');

-- The job that acknowledged orders: its function, and one that waits for a worker.
INSERT INTO queue_job_function (name, model_id, method, channel_id)
SELECT '<cartona.pull>._job_acknowledge', model_id, '_job_acknowledge', channel_id
  FROM queue_job_function
 WHERE name = '<cartona.pull>._job_pull';
INSERT INTO ir_model_data (module, name, model, res_id, noupdate)
SELECT 'cartona_integration', 'job_acknowledge', 'queue.job.function', id, true
  FROM queue_job_function
 WHERE name = '<cartona.pull>._job_acknowledge';
INSERT INTO queue_job (uuid, name, state, model_name, method_name, func_string, job_function_id,
                       records, args, kwargs, priority, company_id, user_id, channel, date_created)
SELECT 'acknowledge-1-0', 'Cartona: acknowledge orders', 'pending', job.model_name,
       '_job_acknowledge', 'cartona.pull()._job_acknowledge()', old.id, job.records, job.args,
       job.kwargs, job.priority, job.company_id, job.user_id, job.channel, job.date_created
  FROM queue_job AS job, queue_job_function AS old
 WHERE job.method_name = '_job_pull' AND old.name = '<cartona.pull>._job_acknowledge'
 LIMIT 1;
