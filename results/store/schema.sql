-- The database of scalestudy, schema version 7.
--
-- One file holds any number of studies. A job is one training run, known by the hash of everything that decides its
-- result; studies that ask for the same job share it. For questions, start with the views at the end:
--
--     sqlite3 table3.db "SELECT model, method, avg(top1), count(*) FROM job_result WHERE state = 'done' GROUP BY 1, 2"
--
-- Times are UTC as text (2026-01-31T12:00:00Z), durations seconds, sizes bytes, accuracies per cent, costs
-- multiply-adds of one image. An empty (NULL) number is one that there is not.
--
-- The program writes a finished job once and never again, and triggers keep everybody else from it. Whoever changes
-- the schema raises the version and adds what is new at the end, after a line "-- Since version N": a database of an
-- older version gets what stands from there on (results/store/store_schema.c).

PRAGMA application_id = 1935897460; -- "scst"
PRAGMA user_version = 7;

-- A study: a file that was given to `scalestudy run`. Its counts are those of version 1: now they stand in study_group.
CREATE TABLE study (
    number       INTEGER PRIMARY KEY,
    name         TEXT NOT NULL UNIQUE,           -- `name` in the file
    source_path  TEXT NOT NULL,                  -- the file when it was last run
    text         TEXT NOT NULL,                  -- what was in it
    created_utc  TEXT NOT NULL,                  -- when it was first run
    updated_utc  TEXT NOT NULL,                  -- when its text was last replaced
    n_waiting    INTEGER NOT NULL DEFAULT 0,     -- jobs in each state
    n_running    INTEGER NOT NULL DEFAULT 0,
    n_done       INTEGER NOT NULL DEFAULT 0,
    n_failed     INTEGER NOT NULL DEFAULT 0,
    n_stopped    INTEGER NOT NULL DEFAULT 0,
    macs_left    INTEGER NOT NULL DEFAULT 0,     -- sum of macs over jobs that wait or run
    macs_done    INTEGER NOT NULL DEFAULT 0,     -- sum of macs over jobs that are done
    seconds_done REAL    NOT NULL DEFAULT 0      -- sum of train_seconds over jobs that are done
) STRICT;

-- What a result was computed on: one row for each combination that occurred. Unknown texts are empty.
CREATE TABLE environment (
    number  INTEGER PRIMARY KEY,
    host    TEXT NOT NULL,
    cpu     TEXT NOT NULL,                       -- the processor's name
    isa     TEXT NOT NULL,                       -- of the kernels that were used: avx512, avx2 or reference
    version TEXT NOT NULL,                       -- of scalestudy, with git revision and libraries (`--version` prints
                                                 -- it), or of a benchmark's other program
    blas    TEXT NOT NULL,                       -- library of matrix products, with its version
    cores   INTEGER NOT NULL,                    -- of the machine
    threads INTEGER NOT NULL,                    -- of the job
    UNIQUE (host, cpu, isa, version, blas, cores, threads)
) STRICT;

-- A job. What it is never changes after it was added; what comes of it changes until it is done.
CREATE TABLE job (
    number            INTEGER PRIMARY KEY,
    id                TEXT NOT NULL UNIQUE,      -- SHA-256 of `canonical`
    canonical         TEXT NOT NULL,             -- network, data, recipe, seed, version of the numerics: a JSON object
    input             INTEGER NOT NULL,          -- height and width of images, pixels
    seed              INTEGER NOT NULL,
    params            INTEGER NOT NULL,          -- trainable parameters
    macs              INTEGER NOT NULL,          -- multiply-adds of one image, forward
    train_bytes       INTEGER NOT NULL,          -- memory that training was planned to take
    added_utc         TEXT NOT NULL,
    state             TEXT NOT NULL DEFAULT 'waiting'
                      CHECK (state IN ('waiting', 'running', 'done', 'failed', 'stopped')),
    -- Who has it, or had it last.
    attempt           INTEGER NOT NULL DEFAULT 0, -- how often it was taken; only the last attempt may write
    host              TEXT,
    pid               INTEGER,
    process_start     INTEGER,                   -- of that pid, in clock ticks since boot: pids are used again
    boot_id           TEXT,
    started_utc       TEXT,                      -- when the last attempt began
    heartbeat_utc     TEXT,                      -- when it last said that it is alive
    environment       INTEGER REFERENCES environment (number),
    -- What came of it.
    finished_utc      TEXT,                      -- when it was done, failed or was stopped
    error             TEXT,                      -- why it failed, was stopped, or is to be tried again
    loss              REAL,                      -- on the evaluation split, after the last epoch
    top1              REAL,
    top5              REAL,
    epochs            INTEGER,                   -- that it trained; of a failed or stopped job: that it got to
    train_seconds     REAL,                      -- over all attempts
    images_per_second REAL,                      -- while training
    peak_bytes        INTEGER,                   -- most memory that the process had
    CHECK (state <> 'done' OR finished_utc IS NOT NULL),
    CHECK (state <> 'failed' OR (finished_utc IS NOT NULL AND error IS NOT NULL)),
    CHECK (state <> 'running' OR (host IS NOT NULL AND pid IS NOT NULL))
) STRICT;
CREATE INDEX job_running ON job (number) WHERE state = 'running';
CREATE INDEX job_environment ON job (environment) WHERE environment IS NOT NULL;

-- The jobs of a study, and what each is there: two studies may reach one network by different scalings.
CREATE TABLE study_job (
    study      INTEGER NOT NULL REFERENCES study (number),
    job        INTEGER NOT NULL REFERENCES job (number),
    position   INTEGER NOT NULL,                 -- order of running, from 0
    model      TEXT NOT NULL,                    -- name of the baseline
    method     TEXT NOT NULL,                    -- how it was scaled
    depth      REAL NOT NULL,                    -- factors over the study's own baseline
    width      REAL NOT NULL,
    resolution REAL NOT NULL,
    state      TEXT NOT NULL,                    -- copy of the job's, kept by a trigger: the queue is found by it
    PRIMARY KEY (study, job)
) STRICT, WITHOUT ROWID;
CREATE INDEX study_job_position ON study_job (study, position);
CREATE INDEX study_job_waiting ON study_job (study, position) WHERE state = 'waiting';
CREATE INDEX study_job_job ON study_job (job);

-- What each epoch of a job measured.
CREATE TABLE epoch (
    job     INTEGER NOT NULL REFERENCES job (number),
    epoch   INTEGER NOT NULL,                    -- from 1
    split   TEXT NOT NULL,                       -- of the data: train, test, ...
    loss    REAL,
    top1    REAL,
    top5    REAL,
    lr      REAL,                                -- learning rate at the epoch's end
    seconds REAL,
    PRIMARY KEY (job, epoch, split)
) STRICT, WITHOUT ROWID;

-- Numbers printed in the EfficientNet paper (Tan & Le 2019, arXiv 1905.11946, version 5), on ImageNet: never measured
-- here. Names are ours; what the paper leaves out is empty.
CREATE TABLE paper (
    source     TEXT NOT NULL,                    -- table2, table3 or table7
    position   INTEGER NOT NULL,                 -- row of that table, from 0
    model      TEXT NOT NULL,
    method     TEXT NOT NULL,                    -- baseline, depth, width, resolution or compound; table2: family
                                                 -- (EfficientNet) or compared (others)
    depth      REAL,                             -- d, w, r
    width      REAL,
    resolution REAL,
    flops_b    REAL,                             -- billions of multiply-adds, which the paper calls FLOPS
    top1       REAL,
    top5       REAL,
    params_m   REAL,                             -- millions
    PRIMARY KEY (source, position)
) STRICT, WITHOUT ROWID;

-- Finished jobs never change, whoever writes.
CREATE TRIGGER job_done_is_final BEFORE UPDATE ON job WHEN old.state = 'done'
BEGIN
    SELECT RAISE (ABORT, 'a finished job never changes');
END;
CREATE TRIGGER job_done_stays BEFORE DELETE ON job WHEN old.state = 'done'
BEGIN
    SELECT RAISE (ABORT, 'a finished job is never deleted');
END;
CREATE TRIGGER epoch_done_insert BEFORE INSERT ON epoch
WHEN (SELECT state FROM job WHERE number = new.job) = 'done'
BEGIN
    SELECT RAISE (ABORT, 'the epochs of a finished job never change');
END;
CREATE TRIGGER epoch_done_update BEFORE UPDATE ON epoch
WHEN (SELECT state FROM job WHERE number = old.job) = 'done'
BEGIN
    SELECT RAISE (ABORT, 'the epochs of a finished job never change');
END;
CREATE TRIGGER epoch_done_delete BEFORE DELETE ON epoch
WHEN (SELECT state FROM job WHERE number = old.job) = 'done'
BEGIN
    SELECT RAISE (ABORT, 'the epochs of a finished job never change');
END;

-- A job's state goes to its studies, and from there into their counts (version 6, below).
CREATE TRIGGER job_state AFTER UPDATE OF state ON job WHEN old.state <> new.state
BEGIN
    UPDATE study_job SET state = new.state WHERE job = new.number;
END;

-- One row a job and study, in the study's order.
CREATE VIEW job_result AS
SELECT study.name AS study, job.id AS job_id, study_job.model, study_job.method, study_job.depth, study_job.width,
    study_job.resolution, job.input, job.seed, job.state, job.params, job.macs, job.top1, job.top5, job.loss,
    job.epochs, job.train_seconds, job.images_per_second, job.peak_bytes, job.host, job.started_utc,
    job.finished_utc, job.error
FROM study_job JOIN study ON study.number = study_job.study JOIN job ON job.number = study_job.job
ORDER BY study_job.study, study_job.position;

-- One row an epoch, split, job and study.
CREATE VIEW epoch_metric AS
SELECT study.name AS study, job.id AS job_id, epoch.epoch, epoch.split, epoch.loss, epoch.top1, epoch.top5, epoch.lr,
    epoch.seconds
FROM study_job JOIN study ON study.number = study_job.study JOIN job ON job.number = study_job.job
    JOIN epoch ON epoch.job = job.number
ORDER BY study_job.study, study_job.position, epoch.epoch;

-- The paper's numbers, in the order of its tables.
CREATE VIEW paper_row AS
SELECT source, model, method, depth, width, resolution, flops_b, top1, top5, params_m
FROM paper ORDER BY source, position;

-- Since version 2

-- How fast a network ran on random images, nothing loaded: one row a measurement of `scalestudy bench --db`, or of
-- tests/bench/peers.py, which puts its rivals beside it.
CREATE TABLE benchmark (
    number            INTEGER PRIMARY KEY,
    measured_utc      TEXT NOT NULL,
    program           TEXT NOT NULL,             -- scalestudy, or the rival: pytorch, onnxruntime
    setting           TEXT NOT NULL DEFAULT '',  -- of a rival: memory layout, instruction set, allocator; ours: recompute
    pair              TEXT,                      -- measurements that were taken in turn share it; empty: alone
    environment       INTEGER NOT NULL REFERENCES environment (number),
    model             TEXT NOT NULL,
    mode              TEXT NOT NULL CHECK (mode IN ('train', 'infer')),
    width             REAL NOT NULL,             -- factors over the model
    depth             REAL NOT NULL,
    input             INTEGER NOT NULL,          -- height and width of images, pixels
    batch             INTEGER NOT NULL,          -- images a step
    steps             INTEGER NOT NULL,          -- that were timed
    images_per_second REAL NOT NULL,             -- batch over the median step
    step_ms_median    REAL NOT NULL,
    step_ms_min       REAL NOT NULL,
    peak_bytes        INTEGER NOT NULL,          -- most memory that the process had
    plan_bytes        INTEGER,                   -- of it planned by the engine; empty for a rival
    macs              INTEGER,                   -- multiply-adds of one image, forward
    peak_flops        REAL                       -- of this machine in matrix products, just measured, FLOP a second
) STRICT;
CREATE INDEX benchmark_environment ON benchmark (environment);

-- Share of peak: counted multiply-adds, twice for FLOP and three times for training, over time and peak.
CREATE VIEW benchmark_result AS
SELECT measured_utc, program, setting, pair, model, mode, width, depth, input, batch, threads, images_per_second,
    step_ms_median, step_ms_min, peak_bytes,
    2.0 * iif(mode = 'train', 3, 1) * macs * images_per_second / peak_flops AS share_of_peak,
    host, cpu, cores, isa, version
FROM benchmark JOIN environment ON environment.number = benchmark.environment
ORDER BY benchmark.number;

-- Since version 3

-- How often the job's process ended without a word (a crash, a kill, no sign of life): `run --retries` is the limit.
ALTER TABLE job ADD COLUMN crashes INTEGER NOT NULL DEFAULT 0;
-- Share of its training that was done at the last sign of life, from 0 to 1; images_per_second is then that of now.
ALTER TABLE job ADD COLUMN progress REAL;

-- How far each model and method of a study is: as since version 4, below, but counted job by job.
CREATE INDEX study_job_group ON study_job (study, model, method, state);
CREATE VIEW study_progress AS
SELECT study.name AS study, study_job.model, study_job.method, count(*) AS total,
    sum(study_job.state = 'done') AS done, sum(study_job.state = 'running') AS running,
    sum(study_job.state = 'failed') AS failed, sum(study_job.state = 'waiting') AS waiting,
    sum(study_job.state = 'stopped') AS stopped,
    avg(iif(study_job.state IN ('done', 'running'), job.images_per_second, NULL)) AS images_per_second,
    sum(CASE study_job.state WHEN 'waiting' THEN job.macs
        WHEN 'running' THEN job.macs * (1 - coalesce(job.progress, 0)) ELSE 0 END) AS macs_left,
    min(study_job.position) AS position
FROM study_job JOIN study ON study.number = study_job.study JOIN job ON job.number = study_job.job
GROUP BY study_job.study, study_job.model, study_job.method
ORDER BY study_job.study, min(study_job.position);

-- What runs now, or was running when its process died.
CREATE VIEW running_job AS
SELECT study.name AS study, job.id AS job_id, study_job.model, study_job.method, job.input, job.seed, job.progress,
    job.images_per_second, job.host, job.pid, job.attempt, job.crashes, job.started_utc, job.heartbeat_utc
FROM job JOIN study_job ON study_job.job = job.number JOIN study ON study.number = study_job.study
WHERE job.state = 'running'
ORDER BY study_job.study, study_job.position;

-- Since version 4

-- How far each model and method of a study is. Triggers keep these counts, so that how far a study of 100,000 jobs is
-- takes no look at each of them; those of the study itself are their sums, in the view study_status.
CREATE TABLE study_group (
    study        INTEGER NOT NULL REFERENCES study (number),
    model        TEXT NOT NULL,
    method       TEXT NOT NULL,
    n_waiting    INTEGER NOT NULL DEFAULT 0,     -- jobs in each state
    n_running    INTEGER NOT NULL DEFAULT 0,
    n_done       INTEGER NOT NULL DEFAULT 0,
    n_failed     INTEGER NOT NULL DEFAULT 0,
    n_stopped    INTEGER NOT NULL DEFAULT 0,
    macs_left    INTEGER NOT NULL DEFAULT 0,     -- sum of macs over jobs that wait or run
    macs_done    INTEGER NOT NULL DEFAULT 0,     -- over jobs that are done: sum of macs,
    seconds_done REAL    NOT NULL DEFAULT 0,     -- of train_seconds,
    speeds_done  REAL    NOT NULL DEFAULT 0,     -- of images_per_second,
    n_speeds     INTEGER NOT NULL DEFAULT 0,     -- and of how many there is one
    PRIMARY KEY (study, model, method)
) STRICT, WITHOUT ROWID;
INSERT INTO study_group
SELECT study_job.study, study_job.model, study_job.method, sum(study_job.state = 'waiting'),
    sum(study_job.state = 'running'), sum(study_job.state = 'done'), sum(study_job.state = 'failed'),
    sum(study_job.state = 'stopped'), sum((study_job.state IN ('waiting', 'running')) * macs),
    sum((study_job.state = 'done') * macs), total((study_job.state = 'done') * train_seconds),
    total((study_job.state = 'done') * images_per_second),
    sum(study_job.state = 'done' AND images_per_second IS NOT NULL)
FROM study_job JOIN job ON job.number = study_job.job GROUP BY 1, 2, 3;

DROP TRIGGER IF EXISTS study_job_enters;        -- of versions 1 to 3; version 6 counts, below
DROP TRIGGER IF EXISTS study_job_leaves;
DROP TRIGGER IF EXISTS study_job_moves;
ALTER TABLE study DROP COLUMN n_waiting;
ALTER TABLE study DROP COLUMN n_running;
ALTER TABLE study DROP COLUMN n_done;
ALTER TABLE study DROP COLUMN n_failed;
ALTER TABLE study DROP COLUMN n_stopped;
ALTER TABLE study DROP COLUMN macs_left;
ALTER TABLE study DROP COLUMN macs_done;
ALTER TABLE study DROP COLUMN seconds_done;

-- The first of each group, for the order of groups.
DROP VIEW study_progress;
DROP INDEX study_job_group;
CREATE INDEX study_job_group ON study_job (study, model, method, position);

-- How far studies are. macs is of jobs that wait, run or are done; macs_left of it without what those that run have
-- done.
CREATE VIEW study_status AS
WITH now AS (
    SELECT study_job.study, total(macs * progress) AS macs
    FROM job CROSS JOIN study_job ON study_job.job = job.number WHERE job.state = 'running' GROUP BY 1
)
SELECT study.name AS study,
    coalesce(sum(n_waiting + n_running + n_done + n_failed + n_stopped), 0) AS total,
    coalesce(sum(n_done), 0) AS done, coalesce(sum(n_running), 0) AS running, coalesce(sum(n_failed), 0) AS failed,
    coalesce(sum(n_waiting), 0) AS waiting, coalesce(sum(n_stopped), 0) AS stopped,
    total(macs_left + macs_done) AS macs, total(macs_left) - coalesce(now.macs, 0) AS macs_left,
    total(macs_done) AS macs_done, total(seconds_done) AS seconds_done
FROM study LEFT JOIN study_group ON study_group.study = study.number LEFT JOIN now ON now.study = study.number
GROUP BY study.number ORDER BY study.number;

-- How far each model and method of a study is. images_per_second: mean over jobs that are done or run; macs_left as
-- above.
CREATE VIEW study_progress AS
WITH now AS (
    SELECT study_job.study, model, method, total(images_per_second) AS speeds, count(images_per_second) AS n_speeds,
        total(macs * progress) AS macs
    FROM job CROSS JOIN study_job ON study_job.job = job.number WHERE job.state = 'running' GROUP BY 1, 2, 3
)
SELECT study.name AS study, g.model, g.method,
    g.n_waiting + g.n_running + g.n_done + g.n_failed + g.n_stopped AS total,
    g.n_done AS done, g.n_running AS running, g.n_failed AS failed, g.n_waiting AS waiting, g.n_stopped AS stopped,
    (g.speeds_done + coalesce(now.speeds, 0)) / nullif(g.n_speeds + coalesce(now.n_speeds, 0), 0) AS images_per_second,
    g.macs_left - coalesce(now.macs, 0) AS macs_left,
    (SELECT min(position) FROM study_job WHERE study_job.study = g.study AND model = g.model AND method = g.method)
        AS position
FROM study_group AS g JOIN study ON study.number = g.study
    LEFT JOIN now ON (now.study, now.model, now.method) = (g.study, g.model, g.method)
ORDER BY g.study, position;

-- As since version 3, but jobs that run are found by their index, not among all of a study.
DROP VIEW running_job;
CREATE VIEW running_job AS
SELECT study.name AS study, job.id AS job_id, study_job.model, study_job.method, job.input, job.seed, job.progress,
    job.images_per_second, job.host, job.pid, job.attempt, job.crashes, job.started_utc, job.heartbeat_utc
FROM job CROSS JOIN study_job ON study_job.job = job.number JOIN study ON study.number = study_job.study
WHERE job.state = 'running'
ORDER BY study_job.study, study_job.position;

-- Since version 5

-- What `plan` thought that the job takes where `run` found it, and of these the seconds of training, which
-- train_seconds can be held against. Empty where nothing was measured before.
ALTER TABLE job ADD COLUMN estimated_seconds REAL;
ALTER TABLE job ADD COLUMN estimated_train_seconds REAL;

-- Of jobs that are done and were estimated: how many, their estimated_train_seconds, and their train_seconds.
ALTER TABLE study_group ADD COLUMN n_estimated INTEGER NOT NULL DEFAULT 0;
ALTER TABLE study_group ADD COLUMN estimated_done REAL NOT NULL DEFAULT 0;
ALTER TABLE study_group ADD COLUMN taken_done REAL NOT NULL DEFAULT 0;
-- As since version 4, and how good the estimate was.
DROP VIEW study_status;
CREATE VIEW study_status AS
WITH now AS (
    SELECT study_job.study, total(macs * progress) AS macs
    FROM job CROSS JOIN study_job ON study_job.job = job.number WHERE job.state = 'running' GROUP BY 1
)
SELECT study.name AS study,
    coalesce(sum(n_waiting + n_running + n_done + n_failed + n_stopped), 0) AS total,
    coalesce(sum(n_done), 0) AS done, coalesce(sum(n_running), 0) AS running, coalesce(sum(n_failed), 0) AS failed,
    coalesce(sum(n_waiting), 0) AS waiting, coalesce(sum(n_stopped), 0) AS stopped,
    total(macs_left + macs_done) AS macs, total(macs_left) - coalesce(now.macs, 0) AS macs_left,
    total(macs_done) AS macs_done, total(seconds_done) AS seconds_done, coalesce(sum(n_estimated), 0) AS estimated,
    sum(estimated_done) AS estimated_seconds, sum(taken_done) AS taken_seconds
FROM study LEFT JOIN study_group ON study_group.study = study.number LEFT JOIN now ON now.study = study.number
GROUP BY study.number ORDER BY study.number;

-- Since version 6

-- The counts of study_group are kept by one rule. What is inserted into this view, which has no rows, is a job that
-- leaves a state and enters another within a model and method of a study; no state: it is new there, or gone.
DROP TRIGGER IF EXISTS study_job_enters;
DROP TRIGGER IF EXISTS study_job_leaves;
DROP TRIGGER IF EXISTS study_job_moves;
DROP TRIGGER IF EXISTS study_job_renames;
DROP TRIGGER IF EXISTS study_estimate_enters;
DROP TRIGGER IF EXISTS study_estimate_moves;
DROP TRIGGER IF EXISTS study_estimate_renames;
DROP TRIGGER IF EXISTS study_estimate_leaves;
CREATE VIEW study_group_change AS
SELECT study, model, method, job, state AS leaves, state AS enters FROM study_job WHERE false;
-- (All sums in one statement: with two that join job, SQLite 3.40 takes a millisecond for each job of 20,000.)
CREATE TRIGGER study_group_counts INSTEAD OF INSERT ON study_group_change
BEGIN
    INSERT INTO study_group (study, model, method) SELECT new.study, new.model, new.method WHERE new.leaves = ''
        ON CONFLICT DO NOTHING;
    UPDATE study_group SET
        n_waiting = n_waiting - (new.leaves = 'waiting') + (new.enters = 'waiting'),
        n_running = n_running - (new.leaves = 'running') + (new.enters = 'running'),
        n_done = n_done - (new.leaves = 'done') + (new.enters = 'done'),
        n_failed = n_failed - (new.leaves = 'failed') + (new.enters = 'failed'),
        n_stopped = n_stopped - (new.leaves = 'stopped') + (new.enters = 'stopped'),
        macs_left = macs_left + macs *
            ((new.enters IN ('waiting', 'running')) - (new.leaves IN ('waiting', 'running'))),
        macs_done = macs_done + way * macs,
        seconds_done = seconds_done + way * coalesce(train_seconds, 0),
        speeds_done = speeds_done + way * coalesce(images_per_second, 0),
        n_speeds = n_speeds + way * (images_per_second IS NOT NULL),
        n_estimated = n_estimated + way * (estimate IS NOT NULL),
        estimated_done = estimated_done + way * coalesce(estimate, 0),
        taken_done = taken_done + way * iif(estimate IS NULL, 0, train_seconds)
    FROM (SELECT *, (new.enters = 'done') - (new.leaves = 'done') AS way,
        iif(train_seconds IS NULL, NULL, estimated_train_seconds) AS estimate FROM job WHERE number = new.job)
    WHERE (study, model, method) = (new.study, new.model, new.method);
    DELETE FROM study_group
    WHERE new.enters = '' AND (study, model, method) = (new.study, new.model, new.method)
        AND n_waiting + n_running + n_done + n_failed + n_stopped = 0;
END;

CREATE TRIGGER study_job_enters AFTER INSERT ON study_job
BEGIN
    INSERT INTO study_group_change VALUES (new.study, new.model, new.method, new.job, '', new.state);
END;
CREATE TRIGGER study_job_leaves AFTER DELETE ON study_job
BEGIN
    INSERT INTO study_group_change VALUES (old.study, old.model, old.method, old.job, old.state, '');
END;
CREATE TRIGGER study_job_moves AFTER UPDATE OF state ON study_job
WHEN old.state <> new.state AND (old.model, old.method) = (new.model, new.method)
BEGIN
    INSERT INTO study_group_change VALUES (new.study, new.model, new.method, new.job, old.state, new.state);
END;
-- An edited study calls a job by another name.
CREATE TRIGGER study_job_renames AFTER UPDATE OF model, method ON study_job
WHEN (old.model, old.method) <> (new.model, new.method)
BEGIN
    INSERT INTO study_group_change VALUES (old.study, old.model, old.method, old.job, old.state, '');
    INSERT INTO study_group_change VALUES (new.study, new.model, new.method, new.job, '', new.state);
END;

-- Since version 7

-- Sets of images that jobs were planned with. `data.images` in a job's canonical text is a set's fingerprint; a job
-- without it is of a set that the program draws, or was planned by an earlier version, which recorded only the path.
CREATE TABLE image_set (
    fingerprint  TEXT PRIMARY KEY,               -- SHA-256: workloads/data/dataset/fingerprint.h says of what
    names        TEXT NOT NULL,                  -- the same of classes and paths alone
    root         TEXT NOT NULL,                  -- where the set lay when a study was last planned with it: its folder,
    packed       TEXT NOT NULL,                  -- its packed file,
    class_map    TEXT NOT NULL,                  -- and its class map; each may be empty
    classes      INTEGER NOT NULL,               -- counts of the whole set, whatever a study chooses of it
    train_images INTEGER NOT NULL,
    test_images  INTEGER NOT NULL,
    bytes        INTEGER,                        -- of the files, or of a packed set's pixels; empty: not looked at
    seen_utc     TEXT NOT NULL                   -- when it was first planned with, or was found in another place
) STRICT, WITHOUT ROWID;
