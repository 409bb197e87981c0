# A squeue that hangs, with children of its own, is gone when `status` is killed, by SIGKILL too, and when its time is
# over; nothing of it is left running.
. "$(dirname "$0")/common.bash"

mkdir bin
printf '#!/bin/sh\necho 7\n' >bin/sbatch
printf '#!/bin/sh\nexit 0\n' >bin/squeue
chmod +x bin/*
export PATH=$PWD/bin:$PATH
study s.yaml 1 '[0]'
cat >cluster.yaml <<'END'
max_array: 10
max_jobs: 10
time: 10
pack_seconds: 0
answer_seconds: 100
END
expect 0 submit s.yaml --cluster cluster.yaml --db none.db
# A script, so that what hangs is a child of what was called.
cat >bin/squeue <<'END'
#!/bin/sh
sleep 1000 &
echo $! $$ >pids.new
mv pids.new pids
wait
END
are_gone() {
    local pid
    for pid in $1; do
        ! grep -q '^State:[[:space:]]*[^ZX]' "/proc/$pid/status" 2>/dev/null || return 1
    done
}
for signal in TERM KILL HUP; do
    rm -f pids
    "$program" status s.run >stdout 2>stderr &
    status=$!
    wait_until "squeue" test -s pids
    kill -$signal $status
    wait $status 2>/dev/null || true
    wait_until "the end of squeue after SIG$signal" are_gone "$(cat pids)"
done 2>/dev/null
sed -i 's/"answer_seconds": *[0-9]*/"answer_seconds": 1/' s.run/cluster.json
grep -q '"answer_seconds": *1[,}]' s.run/cluster.json || fail "the test cannot shorten the patience"
expect 0 status s.run
grep -q "squeue did not answer within 1 s" stderr || fail "status does not say that squeue is silent"
wait_until "the end of squeue after its time" are_gone "$(cat pids)"
