# Commands that write refuse a folder that another user owns, or in which everybody may write, unless --trust says
# otherwise; those that look, and collect, work there and write nothing.
. "$(dirname "$0")/common.bash"

study s.yaml 1 '[0]'
(umask 0 && "$program" submit s.yaml --run r.run --via hand 2>/dev/null) # for everybody, so far as this user cares
if find r.run -type d -perm -o+w | found .; then fail "submit made a folder in which everybody may write"; fi

look_at_run() {
    find r.run -printf '%p %y %s %T@ %i\n' | sort
}

# refused WORDS: by every command that writes in the run folder.
refused() {
    look_at_run >before
    for command in 'work r.run' 'submit s.yaml --run r.run --via hand' 'cancel r.run --state waiting' \
        'retry r.run --state failed'; do
        # shellcheck disable=SC2086
        expect 2 $command
        said "$1"
        said --trust
    done
    expect 0 status r.run
    expect 0 jobs r.run
    expect 0 submit s.yaml --run r.run --via hand --dry-run
    expect 0 collect r.run --db look.db
    grep -q 'nothing is changed there' stderr || fail "collect does not say that it changes nothing"
    look_at_run | cmp - before || fail "a command that was refused, or only looks, changed the folder"
}

chmod o+w r.run
refused 'everybody may write'
chmod o-w r.run
chmod o+w r.run/program
refused '/program, and'
# What colleagues share.
chmod o-w,g+ws r.run/program
chmod g+ws r.run
expect 0 submit s.yaml --run r.run --via hand

chmod o+w r.run
id=$("$program" jobs r.run --format csv | sed -n '2s/.*,\([0-9a-f]\{64\}\),.*/\1/p')
expect 0 cancel r.run --trust "$id"
expect 0 retry r.run --trust "$id"
expect 0 work r.run --trust
expect 0 submit s.yaml --run r.run --via hand --trust

# A publisher that died left its result in the chain alone: a look, and who collects, have it from there.
result=$(ls r.run/results | sed -n 1p)
rm "r.run/results/$result"
look_at_run >before
expect 0 status r.run --format csv
grep -q '^tiny,2,2,' stdout || fail "a result that is in the chain alone is not seen"
expect 0 collect r.run --db chain.db
grep -q '2 results added' stderr || fail "a result that is in the chain alone is not collected"
echo foreign >r.run/results/foreign
expect 1 collect r.run --db chain.db
grep -q 'foreign.*left out' stderr || fail "a foreign result is not named"
rm r.run/results/foreign
touch -r s.yaml r.run/results
look_at_run | grep -v '^r.run/results ' >after
grep -v '^r.run/results ' before | cmp - after || fail "looking changed the folder"
expect 0 collect r.run --db trusted.db --trust
[ -e "r.run/results/$result" ] || fail "collect --trust does not tidy up"

# The tasks of a queue trust what submit was told to trust.
printf 'partition: p\nmax_array: 10\nmax_jobs: 10\n' >c.yaml
for trust in '' --trust; do
    rm -rf fresh.run
    expect 0 submit s.yaml --run fresh.run --cluster ./c.yaml --dry-run --no-estimate $trust
    grep -qE "work '[^']*/fresh.run'${trust:+ $trust} --copy-packed" stdout || fail "the script's work has not '$trust'"
done

# The files of a study.
rm -f s.db
mkdir s.db.d
for folder in s.db.d s.db.d/weights; do
    mkdir -p $folder
    chmod o+w $folder
    expect 2 run s.yaml
    said 'everybody may write'
    said --trust
    expect 0 run s.yaml --trust
    expect 2 rm s.yaml --state done --yes
    said --trust
    [ "$(status_of s.db done)" = 2 ] || fail "rm removed jobs although it refused"
    expect 0 rm s.yaml --state done --yes --trust
    chmod o-w $folder
done
expect 0 run s.yaml

[ "$(id -u)" = 0 ] || exit 0
chmod o-w r.run
chown 65534 r.run
refused 'another user'
expect 0 work r.run --trust
chown 0 r.run
chown 65534 r.run/tmp
refused 'another user'
chown -R 65534 s.db.d
expect 2 run s.yaml --retry-failed
said 'another user'
expect 2 rm s.yaml --state done --yes
said 'another user'
expect 0 run s.yaml --trust

# The superuser's folder is no stranger's.
with_other_user
cp -a "$OLDPWD/s.yaml" .
"$program" submit s.yaml --run r.run --via hand 2>/dev/null
chgrp -R 65534 r.run
chmod -R g+w r.run
chmod 1777 .
status=0
"${as_other[@]}" ./program work r.run >stdout 2>stderr || status=$?
[ $status = 0 ] || fail "a folder of the superuser's is refused to its group: $status"
