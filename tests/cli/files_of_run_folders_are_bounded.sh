# A file of a run folder that is larger than any of the program's is refused by name, before memory is taken for it.
. "$(dirname "$0")/common.bash"

study s.yaml 1 '[0]'
expect 0 submit s.yaml --run r.run --via hand
mv r.run sound.run
id=$(column sound.run/plan.db job_id | sed -n 1p)

# The address sanitizer maps terabytes.
asan=$(grep -cF __asan_init "$program" || true)

# refused COMMAND...: by a process that may not have as much memory as the file has bytes.
refused() {
    local status=0
    (
        [ "$asan" != 0 ] || ulimit -v 2000000
        exec timeout 30 "$program" "$@"
    ) >stdout 2>stderr </dev/null || status=$?
    [ $status = 2 ] || fail "scalestudy $* ended with $status, not 2"
    said 'is larger than'
}

# large FILE: in a copy of the folder.
large() {
    rm -rf r.run r.db r.db-*
    cp -r sound.run r.run
    mkdir -p "$(dirname "r.run/$1")"
    truncate -s 3G "r.run/$1"
}

large "chain/${id:0:2}/$id.1"
refused status r.run
refused collect r.run --db r.db
refused work r.run
large elsewhere
refused status r.run
refused work r.run
large queue.tsv
echo '{"launcher": "sbatch"}' >r.run/cluster.json
refused status r.run
