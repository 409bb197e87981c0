# Results that do not record their images stay readable and are marked; a study is then run again, and they stay.
. "$(dirname "$0")/common.bash"
image=$(cd "$(dirname "${BASH_SOURCE[0]}")/../data/files" && pwd)/colour.png
mkdir -p birds/{train,test}/{owl,wren}
for class in birds/*/*; do cp "$image" "$class"; done
study s.yaml 1 '[0]'
sed -i 's/^data: .*/data: {name: folder, root: birds}/; s/batch: 32/batch: 2/' s.yaml
expect 0 run s.yaml --quiet
expect 0 jobs s.yaml
cp stdout wanted
[ ! -s stderr ] || fail "jobs that know their images are marked"

# As the program made it before.
sqlite3 s.db "DROP TRIGGER job_done_is_final; DROP TABLE image_set; PRAGMA user_version = 6;
    UPDATE job SET canonical = json_remove(json_set(canonical, '\$.data.root', 'birds'), '\$.data.images'),
        id = substr(id, 1, 8) || printf('%056d', number);
    CREATE TRIGGER job_done_is_final BEFORE UPDATE ON job WHEN old.state = 'done'
        BEGIN SELECT RAISE (ABORT, 'a finished job never changes'); END;"
for look in jobs status export "table table3" "report -o s.html" "plot flops-accuracy -o s.svg"; do
    # shellcheck disable=SC2086
    expect 0 $look s.yaml
    grep -q 'the jobs of tiny do not record their images' stderr || fail "$look does not mark old results"
done
expect 0 jobs s.yaml
cmp -s wanted stdout || fail "old results are shown otherwise: $(diff wanted stdout)"
expect 0 plan s.yaml --no-estimate
! grep -q ' done ' stdout || fail "plan takes results for those of these images"
grep -q '2 results with these settings do not record their images' stderr || fail "plan passes over them"
expect 0 run s.yaml
grep -q "2 of the study's 2 jobs are run again" stderr || fail "run does not say what it does anew"
[ "$(sqlite3 s.db "SELECT count(*) FROM job WHERE state = 'done'")" = 4 ] || fail "old results are lost"
expect 0 jobs s.yaml
[ ! -s stderr ] || fail "jobs that know their images are marked"
