# `plan` says how long a study takes: measured once, kept in the cache folder, and held against what was done.
. "$(dirname "$0")/common.bash"

study s.yaml 3 '[0, 1]'
# Its column seconds.
seconds() { awk -F, 'NR > 1 { sub(/\r$/, ""); print $13 }' stdout; }

expect 0 plan s.yaml --format csv
grep -q 'measuring how fast this machine trains 2 networks' stderr || fail "it does not say that it measures"
seconds >first
[ "$(awk '$1 > 0.01 && $1 < 600' first | wc -l)" = 4 ] || fail "not four sensible times: $(cat first)"
[ "$(wc -l <cache/scalestudy/speed.tsv)" = 2 ] || fail "not two measurements are kept"

expect 0 plan s.yaml --format csv
! grep -q measuring stderr || fail "it measures again"
seconds | cmp - first || fail "kept measurements give other times"
sed 's/epochs: 3/epochs: 300/' s.yaml >long.yaml
expect 0 plan long.yaml --format csv
! grep -q measuring stderr || fail "the number of epochs asks for a new measurement"
seconds | paste first - | awk '$2 < 20 * $1 { exit 1 }' || fail "100 times the epochs take about the same time"

expect 0 plan s.yaml
grep -q '^all left: about .* at a time$' stdout || fail "no time for the whole"
expect 0 plan s.yaml --no-estimate --format csv
[ -z "$(seconds | tr -d '\n')" ] || fail "times without an estimate"
expect 0 run s.yaml
expect 0 plan s.yaml
grep -qE '^none left' stdout || fail "a finished study has something left"
grep -qE '^4 done here: trained for .*, estimated .* \([+-][0-9]+ %\)$' stdout || fail "no word on how good it was"

# The estimate stands in the database, of each job and of all, and `status` holds it against what was taken.
[ "$(sqlite3 s.db 'SELECT count(*) FROM job WHERE estimated_seconds >= estimated_train_seconds AND estimated_train_seconds > 0')" = 4 ] ||
    fail "not every job has its estimate"
[ "$(status_of s.db estimated)" = 4 ] || fail "status does not count the estimated jobs"
for what in estimated_seconds:estimated_train_seconds taken_seconds:train_seconds; do
    sum=$(sqlite3 s.db "SELECT sum(${what#*:}) FROM job")
    status_of s.db "${what%:*}" | awk -v sum="$sum" '{ exit !($1 > 0.999 * sum && $1 < 1.001 * sum) }' ||
        fail "${what%:*} is not the sum $sum"
done
expect 0 status --db s.db
grep -qE '^tiny: 4 done trained for .*, estimated .* \([+-][0-9]+ %\)$' stdout || fail "status does not say how good the estimate was"
expect 0 db check s.db

echo "damaged" >cache/scalestudy/speed.tsv
expect 0 plan s.yaml --format csv
grep -q 'measuring' stderr || fail "a damaged file is not measured anew"
rm -r cache
touch cache
expect 0 plan s.yaml --format csv
[ "$(seconds | awk '$1 > 0' | wc -l)" = 4 ] || fail "without a cache folder there are no times"
expect 2 plan s.yaml --threads 0
said "--threads must be from 1"
