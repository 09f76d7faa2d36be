"""The hottest SQL of the queue, written out.

A claim must pick and take in one statement, a tick must renew and tell in one, and an ending must
store a whole batch in one: Django's ORM has no words for any of them. Nor does it keep what it has
compiled, and compiling a query took it several times as long as the database took to answer it.
Who calls these is `leases` and `rows`; what they mean is told in `lifecycle`.

Locks are taken in the order of ids wherever a statement takes several, so that two that wait for
each other never meet.
"""

from typing import Final

from uploads.models import Image, Prediction, QueuePause, Upload
from uploads.raw_rows import Columns

PREDICTION: Final = Columns(Prediction)
IMAGE: Final = Columns(
    Image,
    *("id", "upload_id", "image_path", "image_type", "thumbnail_path", "purged_at"),
)
UPLOAD: Final = Columns(Upload, "id", "upload_path")
THUMBNAIL: Final = Columns(Image, "id", "thumbnail_path", "thumbhash")
ENDING: Final = Columns(
    Prediction,
    *("id", "state", "failures", "lease_losses", "cancel_requested", "fair_rank", "run_after"),
    *("lease_owner", "lease_until", "stage", "progress", "finished_at", "error_code"),
    *("error_message", "timing", "provenance", "output", "output_path", "traceparent"),
)
"""What a move out of `running`, or back to `queued`, can change."""

_P: Final = PREDICTION.table
_I: Final = IMAGE.table
_U: Final = UPLOAD.table
PAUSES: Final = QueuePause._meta.db_table

_KEY: Final = "(p.model || '/' || p.model_version)"
"""As the index has it: `models.prediction.QUEUE_KEY`."""
_DUE: Final = "p.state = 'queued' AND (p.run_after IS NULL OR p.run_after <= {now})"
LOOKED_AT: Final = 1000
"""Somebody of whom nothing is running is looked for among so many that are next: who comes anew
starts level with what is served, and so is among them."""

# Each scalar sub-select ends at the first row of its index: as EXISTS, PostgreSQL could make a join
# of it that reads the whole queue.
TURNS: Final = f"""
      WITH v(key, model, unserved) AS (VALUES {{places}}),
           busy AS (SELECT DISTINCT model, user_id FROM {_P} WHERE state = 'running')
    SELECT v.key, CASE WHEN v.unserved = 0 THEN (
           SELECT p.failures + p.lease_losses FROM {_P} AS p
            WHERE {_DUE} AND {_KEY} = v.key
            ORDER BY p.fair_rank, p.id LIMIT 1)
      ELSE (
           SELECT n.misfortunes FROM (
                  SELECT p.failures + p.lease_losses AS misfortunes, p.user_id, p.fair_rank, p.id
                    FROM {_P} AS p
                   WHERE {_DUE} AND {_KEY} = v.key
                   ORDER BY p.fair_rank, p.id LIMIT {LOOKED_AT}) AS n
            WHERE (v.model, n.user_id) NOT IN (SELECT model, user_id FROM busy)
            ORDER BY n.fair_rank, n.id LIMIT 1)
       END
      FROM v WHERE v.model NOT IN (SELECT model FROM {PAUSES})
"""  # noqa: S608  # the tables' names are ours

CLEAN: Final = "p.failures = 0 AND p.lease_losses = 0"
SUSPECT: Final = f"NOT ({CLEAN})"
UNSERVED: Final = f"""p.user_id NOT IN (
           SELECT r.user_id FROM {_P} AS r WHERE r.state = 'running' AND r.model = %(model)s)
       AND p.id IN (
           SELECT p.id FROM {_P} AS p
            WHERE {_DUE} AND {_KEY} = %(key)s
            ORDER BY p.fair_rank, p.id LIMIT {LOOKED_AT})
"""  # noqa: S608  # the table's name is ours
_PICKED: Final = f"""
           SELECT p.id FROM {_P} AS p
            WHERE {_DUE} AND {_KEY} = %(key)s AND {{which}}
              AND (SELECT 1 FROM {PAUSES} WHERE model = %(model)s) IS NULL
            ORDER BY p.fair_rank, p.id LIMIT %(limit)s
"""  # noqa: S608  # the table's name is ours

# A CTE that is materialized, since PostgreSQL may run a sub-select with LIMIT and
# SKIP LOCKED more than once and so take more rows than asked for.
CLAIM_POSTGRESQL: Final = f"""
      WITH c AS MATERIALIZED ({_PICKED} FOR UPDATE SKIP LOCKED)
    UPDATE {_P} AS p
       SET state = 'running', attempt = p.attempt + 1, stage = NULL, progress = 0,
           lease_owner = %(worker)s,
           lease_until = clock_timestamp() + make_interval(secs => %(lease)s),
           started_at = clock_timestamp()
      FROM c, {_I} AS i, {_U} AS u
     WHERE p.id = c.id AND p.state = 'queued' AND i.id = p.image_id AND u.id = i.upload_id
 RETURNING {PREDICTION.listed("p")}, {IMAGE.listed("i")}, {UPLOAD.listed("u")}
"""  # noqa: S608  # the tables' names are ours

CLAIM_SQLITE: Final = f"""
    UPDATE {_P}
       SET state = 'running', attempt = attempt + 1, stage = NULL, progress = 0,
           lease_owner = %(worker)s, lease_until = %(until)s, started_at = %(now)s
     WHERE state = 'queued' AND id IN ({_PICKED})
 RETURNING {PREDICTION.listed()}
"""  # noqa: S608  # the table's name is ours

# SQLite returns nothing but the columns of the table that it updates.
CLAIMED_IMAGES: Final = f"""
    SELECT {IMAGE.listed("i")}, {UPLOAD.listed("u")}
      FROM {_I} AS i JOIN {_U} AS u ON u.id = i.upload_id WHERE i.id IN ({{places}})
"""  # noqa: S608  # the tables' names are ours

TICK_POSTGRESQL: Final = f"""
      WITH still AS MATERIALIZED (
           SELECT p.id, v.stage, v.progress
             FROM {_P} AS p
             JOIN jsonb_to_recordset(%(held)s::jsonb)
                  AS v(id bigint, attempt integer, stage text, progress double precision)
               ON p.id = v.id AND p.attempt = v.attempt
            WHERE p.state = 'running' AND p.lease_owner = %(worker)s
            ORDER BY p.id FOR UPDATE OF p)
    UPDATE {_P} AS p
       SET lease_until = clock_timestamp() + make_interval(secs => %(lease)s),
           stage = still.stage, progress = still.progress
      FROM still WHERE p.id = still.id
 RETURNING p.id, p.attempt, p.cancel_requested
"""  # noqa: S608  # the table's name is ours

TICK_SQLITE: Final = f"""
    UPDATE {_P}
       SET lease_until = %(until)s, stage = v.stage, progress = v.progress
      FROM (SELECT json_extract(value, '$.id') AS id,
                   json_extract(value, '$.attempt') AS attempt,
                   json_extract(value, '$.stage') AS stage,
                   json_extract(value, '$.progress') AS progress
              FROM json_each(%(held)s)) AS v
     WHERE {_P}.id = v.id AND {_P}.attempt = v.attempt
       AND {_P}.state = 'running' AND {_P}.lease_owner = %(worker)s
 RETURNING {_P}.id, {_P}.attempt, {_P}.cancel_requested
"""  # noqa: S608  # the table's name is ours

EXPIRED: Final = f"""
    SELECT 1 FROM {_P} WHERE state = 'running' AND lease_until < {{now}} LIMIT 1
"""  # noqa: S608  # the table's name is ours

LOCKED: Final = f"""
    SELECT {PREDICTION.listed("p")}, {IMAGE.listed("i")}
      FROM {_P} AS p JOIN {_I} AS i ON i.id = p.image_id
     WHERE p.id {{among}} ORDER BY p.id {{lock}}
"""  # noqa: S608  # the tables' names are ours

STORE: Final = f"""
      WITH v({ENDING.listed()}) AS ({{given}})
    UPDATE {_P} AS p SET {{assigned}} FROM v WHERE p.id = v.id
"""  # noqa: S608  # the table's name is ours

# Two predictions of one image may end at once, in either order.
THUMBNAILS: Final = f"""
      WITH v({THUMBNAIL.listed()}) AS ({{given}}),
           mine AS (SELECT {THUMBNAIL.listed("v")} FROM {_I} AS i JOIN v ON i.id = v.id
                     WHERE i.thumbnail_path = '' ORDER BY i.id {{lock}})
    UPDATE {_I} AS i SET {THUMBNAIL.assigned("mine")}, thumbnail_due = NULL
      FROM mine WHERE i.id = mine.id
"""  # noqa: S608  # the tables' names are ours

# Jumps from each key to the next one in the index, all of which DISTINCT reads.
_HEADS: Final = f"""
      WITH RECURSIVE heads(key) AS (
           SELECT CAST('' AS text)
            UNION ALL
           SELECT (SELECT {_KEY} FROM {_P} AS p
                    WHERE p.state = 'queued' AND {_KEY} > heads.key ORDER BY {_KEY} LIMIT 1)
             FROM heads WHERE heads.key IS NOT NULL)
"""  # noqa: S608  # the table's name is ours
QUEUES: Final = f"{_HEADS} SELECT key FROM heads WHERE key > ''"  # noqa: S608  # likewise

WAITED_FOR: Final = f"""
      WITH v(model) AS (VALUES {{places}})
    SELECT v.model FROM v
     WHERE (SELECT 1 FROM {_P} AS p
             WHERE p.state = 'queued' AND p.model = v.model AND p.user_id IN ({{users}})
             LIMIT 1) IS NOT NULL
"""  # noqa: S608  # the table's name is ours

BACKLOG: Final = f"""
      WITH v(model) AS (VALUES {{places}})
    SELECT v.model,
           (SELECT COUNT(*) FROM (
                   SELECT 1 FROM {_P} AS p WHERE p.state = 'queued' AND p.model = v.model
                    LIMIT %s) AS part),
           (SELECT MIN(part.created_at) FROM (
                   SELECT p.created_at FROM {_P} AS p
                    WHERE p.state = 'queued' AND p.model = v.model
                    ORDER BY p.fair_rank, p.id LIMIT %s) AS part),
           (SELECT 1 FROM {PAUSES} AS q WHERE q.model = v.model)
      FROM v
"""  # noqa: S608  # the table's name is ours

# Both in one visit: keys of queues, each without a number, and models with how many run.
QUEUED_AND_RUNNING: Final = f"""
    {_HEADS}
    SELECT key, NULL FROM heads WHERE key > ''
     UNION ALL
    SELECT model, COUNT(*) FROM {_P} WHERE state = 'running' GROUP BY model
"""  # noqa: S608  # the table's name is ours
