# `db check` names values that no job can have, each as a sentence with its job, whatever the version of the database.
. "$(dirname "$0")/common.bash"

study s.yaml 2 '[0]'
expect 0 run s.yaml
mv s.db sound.db
expect 0 db check sound.db
id=$(column sound.db job_id | sed -n 1p)

# named WORDS SQL: a change of the sound database, and what is said of it.
named() {
    rm -f s.db s.db-*
    cp sound.db s.db
    sqlite3 s.db "DROP TRIGGER job_done_is_final; DROP TRIGGER epoch_done_update; DROP TRIGGER epoch_done_insert;
        PRAGMA ignore_check_constraints = ON; $2"
    expect 1 db check s.db
    grep -qF -- "$1" stdout || fail "db check does not say '$1': $(cat stdout)"
}

job="WHERE id = '$id'"
named "job ${id:0:12}: top-1 101.0" "UPDATE job SET top1 = 101 $job"
named 'accuracy that is not from 0 to 100' "UPDATE job SET top5 = -1 $job"
named 'top-1 Inf' "UPDATE job SET top1 = 9e999 $job"
named 'accuracy of an epoch that is not from 0 to 100' 'UPDATE epoch SET top1 = 1000 WHERE epoch = 1'
named 'loss of a finished job that is not finite' "UPDATE job SET loss = 9e999 $job"
named 'train_seconds -1.0' "UPDATE job SET train_seconds = -1 $job"
named 'pid -1' "UPDATE job SET pid = -1 $job"
named 'time or learning rate of an epoch below 0' 'UPDATE epoch SET seconds = -1 WHERE epoch = 1'
named 'trained 3 of 2' "UPDATE job SET epochs = 3 $job"
named 'epochs 1 to 3 of 2' "INSERT INTO epoch SELECT number, 3, 'train', 1, 1, 1, 1, 1 FROM job $job"
named 'state that does not exist' "UPDATE job SET state = 'lost' $job; UPDATE study_job SET state = 'lost'"
named 'job without what its state needs' "UPDATE job SET finished_utc = NULL $job"
named 'scaling factor that is not above 0' 'UPDATE study_job SET depth = 0'
named 'progress that is not from 0 to 1' "UPDATE job SET progress = 2 $job"
named 'text that is longer' "UPDATE study SET text = CAST(zeroblob(5000000) AS TEXT) || 'a'"

# Nor are such values taken over from somebody else.
named 'top-1 101.0' "UPDATE job SET top1 = 101 $job"
sha256sum sound.db >victim
expect 2 db merge sound.db s.db
said 's.db: it has 1 value that no job can have'
sha256sum --status -c victim || fail "a merge that is refused changes the database"

# An older version, which lacks columns.
sed '/^-- Since version 2/,$d' "$(dirname "$0")/../results/schema_v5.sql" >v1.sql
sqlite3 old.db <v1.sql
sqlite3 old.db "PRAGMA user_version = 1; INSERT INTO job (id, canonical, input, seed, params, macs, train_bytes, added_utc)
    VALUES ('$(printf '{}' | sha256sum | cut -d' ' -f1)', '{}', 32, 0, 1, 1, 1, '2026-01-01T00:00:00Z')"
expect 0 db check old.db
sqlite3 old.db 'UPDATE job SET top1 = 200'
expect 1 db check old.db
grep -q 'top-1 200' stdout || fail "db check does not look at an older version"
