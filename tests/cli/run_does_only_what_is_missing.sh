# A study runs to its end; run again there is nothing to do, and with more seeds only those are run.
. "$(dirname "$0")/common.bash"

study s.yaml 2 '[0]'
expect 0 run s.yaml --workers 2
[ "$(status_of s.db done)" = 2 ] || fail "not 2 jobs done"
column s.db finished_utc >first
[ "$(column s.db epochs | sort -u)" = 2 ] || fail "the jobs did not run 2 epochs"
expect 0 jobs s.yaml --format json
grep -q '"top1"' stdout || fail "jobs has no top1"

expect 0 run s.yaml
column s.db finished_utc | cmp -s - first || fail "jobs that were done were run again"

study s.yaml 2 '[0, 1]'
expect 0 run s.yaml --quiet
[ ! -s stderr ] || fail "--quiet is not quiet"
[ "$(status_of s.db done)" = 4 ] || fail "not 4 jobs done"
column s.db finished_utc | sed -n 1,2p | cmp -s - first || fail "jobs that were done were run again"
[ -z "$(ls s.db.d/checkpoints)" ] || fail "checkpoints of finished jobs are left"

# What the study no longer asks for is no longer part of it.
study s.yaml 2 '[1]'
expect 0 run s.yaml
[ "$(status_of s.db total)" = 2 ] || fail "jobs of seed 0 are still part of the study"
