# What a result was computed by stands beside it: the program with its git revision, and the libraries that it used.
. "$(dirname "$0")/common.bash"

expect 0 --version
version=$(sed -n 2p stdout)
grep -qE '^[0-9.]+(\+g[0-9a-f]{12}(-dirty)?)? \(SQLite [0-9.]+, libjpeg-turbo( [0-9.]+)?, libspng [0-9.]+\), .*BLAS' stdout ||
    fail "no revision and libraries: $version"
root=$(cd "$(dirname "$0")/../.." && pwd -P)
if [ "$(git -C "$root" rev-parse --show-toplevel 2>/dev/null)" = "$root" ]; then
    [[ $version = *+g$(git -C "$root" rev-parse --short=12 HEAD)* ]] || fail "not the revision that it was built from"
fi

study s.yaml 1 '[0]'
expect 0 run s.yaml
stored=$(sqlite3 s.db 'SELECT DISTINCT environment.version FROM job JOIN environment ON environment.number = job.environment')
[ "${version%%), *})" = "$stored" ] || fail "the database names '$stored', --version '$version'"
expect 0 report --db s.db -o s.html
grep -qF "$stored" s.html || fail "the report does not say it"
