# A job's id that is no SHA-256 of its text names no file, and links among a study's files lead to none of the user's.
. "$(dirname "$0")/common.bash"

study s.yaml 1 '[0]'
expect 0 submit s.yaml --run r.run --via hand --db done.db
cp r.run/plan.db waiting.db
id=$(column waiting.db job_id | sed -n 1p)
mkdir home
echo mine >home/.profile
echo mine >victim.log
echo mine >victim.safetensors
victims=(home/.profile victim.log victim.safetensors)
sha256sum "${victims[@]}" >victims

unharmed() {
    sha256sum --status -c victims || fail "$* changes files of its user"
}

# waiting SQL: the study as it was before a job was done, changed.
waiting() {
    rm -rf s.db s.db-* s.db.d
    cp waiting.db s.db
    sqlite3 s.db "$1"
    mkdir -p s.db.d/logs s.db.d/checkpoints s.db.d/weights
}

refused() {
    local words=$1
    shift
    expect 2 "$@"
    said "$words"
    unharmed "$*"
}

# All files of the folder that begin with a dot would be those of a job without an id.
waiting "UPDATE job SET id = '' WHERE number = 1"
rmdir s.db.d/logs
ln -s ../home s.db.d/logs
refused 'no SHA-256' rm --db s.db --where 1 --yes
refused 'no SHA-256' db merge waiting.db s.db

waiting "UPDATE job SET id = '../../victim' WHERE number = 1"
refused 'no SHA-256' cancel --db s.db --where 1
refused 'no SHA-256' report --db s.db -o s.html

sqlite3 r.run/plan.db "UPDATE job SET id = '../../victim' WHERE number = 1"
refused 'no SHA-256' work r.run
refused 'no SHA-256' collect r.run

# Another job under this one's id is not run, and goes into no other database.
waiting "UPDATE job SET canonical = replace(canonical, '\"batch\":32', '\"batch\":16') WHERE id = '$id'"
expect 1 run s.yaml
said 'is not the SHA-256 of its text'
[ ! -e "s.db.d/checkpoints/$id.safetensors" ] || fail "the other job was run"
rm -f merged.db
refused 'is not the SHA-256 of its text' db merge merged.db s.db
[ "$(sqlite3 merged.db 'SELECT count(*) FROM job')" = 0 ] || fail "db merge took a job whose text is another"
rm -rf r.run collected.db
expect 0 submit s.yaml --run r.run --via hand --db none.db
chmod u+w r.run/plan.db
sqlite3 r.run/plan.db "UPDATE job SET canonical = replace(canonical, '\"batch\":32', '\"batch\":16')"
refused 'is not the SHA-256 of its text' collect r.run --db collected.db
[ "$(sqlite3 collected.db 'SELECT count(*) FROM job')" = 0 ] || fail "collect took a job whose text is another"

for link in "logs/$id.log" "checkpoints/$id.safetensors" "weights/$id.last.safetensors"; do
    waiting "SELECT 1"
    ln -s "$PWD/victim.${link##*.}" "s.db.d/$link"
    status=0
    "$program" run s.yaml --keep last >stdout 2>stderr || status=$?
    unharmed "run with a link $link"
    [ $status != 0 ] || fail "run with a link $link ends with 0"
    said "$(basename "$link")"
    [ -L "s.db.d/$link" ] || fail "the link $link was replaced"
done
