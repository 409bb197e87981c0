# A job depends on its images, not on their path: the same images elsewhere are the same job, different images under the
# same path are a different job, and plan, run, work and collect say so.
. "$(dirname "$0")/common.bash"
files=$(cd "$(dirname "${BASH_SOURCE[0]}")/../data/files" && pwd)

# set_of FOLDER OWLS WRENS: eight photographs, each class's all from one file, and a study beside them.
set_of() {
    local split i
    mkdir -p "$1"/birds/{train,test}/{owl,wren}
    for split in train test; do
        for i in 1 2; do
            cp "$files/$2" "$1/birds/$split/owl/$i.${2##*.}"
            cp "$files/$3" "$1/birds/$split/wren/$i.${3##*.}"
        done
    done
    study "$1/s.yaml" 1 '[0]'
    sed -i 's/^data: .*/data: {name: folder, root: birds}/; s/batch: 32/batch: 4/' "$1/s.yaml"
}
set_of here colour.png grey.png
set_of there grey.png colour.png
cp -a here copy
db=$PWD/one.db
ids() {
    "$program" plan "$1" --db "$db" --no-estimate --format json 2>/dev/null | grep -o '"job_id": *"[0-9a-f]*"'
}
runs() { # runs FILE DONE: how many of its two jobs it finds done
    "$program" plan "$1" --db "$db" --no-estimate --format csv 2>stderr >stdout
    [ "$(grep -c ',done,' stdout)" = "$2" ] || fail "plan $1 does not find $2 jobs done"
}

# Beside the study's file, from wherever one calls.
expect 0 run here/s.yaml --db one.db --quiet
first=$(ids here/s.yaml)
[ "$(cd here && ids s.yaml)" = "$first" ] || fail "the current folder decides what a job is"
[ "$(ids copy/s.yaml)" = "$first" ] || fail "the same images elsewhere are another job"
runs copy/s.yaml 2
! grep -q changed stderr || fail "a copy of the images is said to have changed: $(cat stderr)"
find here/birds -name '*.png' -exec touch {} +
runs here/s.yaml 2

# From standard input there is no file to be beside of; a file that is included has a folder of its own.
[ "$(cd here && ids /dev/stdin <s.yaml)" = "$first" ] || fail "paths in standard input are not relative to the current folder"
mkdir -p elsewhere
sed -n 's/^data: //p' here/s.yaml >here/data.yaml
sed 's|^data: .*|data: {include: ../here/data.yaml}|' here/s.yaml >elsewhere/s.yaml
[ "$(ids elsewhere/s.yaml)" = "$first" ] || fail "a path of an included file is not relative to it"
"$program" study show here/s.yaml >elsewhere/shown.yaml
[ "$(ids elsewhere/shown.yaml)" = "$first" ] || fail "a study that is shown in full has other images elsewhere"

# Different images under the same path.
runs there/s.yaml 0
[ "$(ids there/s.yaml)" != "$first" ] || fail "other images are the same job"
grep -q 'the images in .*/there/birds have changed since 2 jobs were done (now ' stderr ||
    fail "plan does not say that the images are others"
grep -q "2 of the study's 2 jobs are run again; the former results stay" stderr || fail "plan does not say what is run"
cd there
expect 0 run s.yaml --db ../one.db
grep -q 'have changed since' stderr || fail "run does not say that the images are others"
cd ..
runs there/s.yaml 2
runs here/s.yaml 2 # their results are still there

# Databases of the two are kept apart, with a word on why.
expect 0 run there/s.yaml --db two.db --quiet
expect 0 run here/s.yaml --db three.db --quiet
expect 2 db merge two.db three.db
said "some differ only in their images"

# An image that is replaced by another of the same size; one that comes in addition; a class of another number.
cp here/birds/train/owl/1.png kept.png
head -c -1 kept.png >here/birds/train/owl/1.png && printf 'X' >>here/birds/train/owl/1.png
runs here/s.yaml 0
grep -q '(now the same names and classes with other contents)' stderr || fail "contents: $(cat stderr)"
cp kept.png here/birds/train/owl/1.png
runs here/s.yaml 2
cp kept.png here/birds/train/owl/3.png
runs here/s.yaml 0
grep -q '(now 1 training image more)' stderr || fail "one more: $(cat stderr)"
rm here/birds/train/owl/3.png
printf 'owl\t1\nwren\t0\n' >here/map.tsv
sed 's/root: birds/root: birds, class_map: map.tsv/' here/s.yaml >here/m.yaml
runs here/m.yaml 0
grep -q 'under other names or in other classes' stderr || fail "class map: $(cat stderr)"

# Who only looks compares no images, but says where others lie than those of the jobs.
expect 0 run here/s.yaml --db where.db --quiet
for look in status jobs export "table table3" "report -o r.html"; do
    # shellcheck disable=SC2086
    expect 0 $look here/s.yaml --db where.db
    [ ! -s stderr ] || [ "${look%% *}" = report ] || fail "$look remarks on the job's own images: $(cat stderr)"
    # shellcheck disable=SC2086
    expect 0 $look there/s.yaml --db where.db
    grep -q "planned with the images in .*/here/birds; .* tells whether those in .*/there/birds" stderr ||
        fail "$look passes jobs of other images off for the file's"
done

# Images that are not there: plan shows the jobs as the database has them, run refuses.
expect 0 run here/s.yaml --db one.db --quiet
mv here/birds away
runs here/s.yaml 2
grep -q 'are missing at .*: the plan is for the images that the database records' stderr ||
    fail "plan does not say that the images are not there"
cd copy # where there is no database
expect 0 plan ../here/s.yaml --format json
[ "$(grep -c '"job_id": null' stdout)" = 2 ] || fail "ids of jobs are made up: $(cat stdout)"
cd ..
expect 2 run here/s.yaml --db one.db
said "here/birds does not exist"
expect 2 submit here/s.yaml --via hand
mv away here/birds

# On the way to a worker, too.
expect 0 submit here/s.yaml --via hand --run r.run
rm here/birds/test/owl/2.png
expect 3 work r.run --workers 1 --quiet
expect 0 jobs r.run --state failed --format json
grep -q 'are not those that the job was planned with' stdout || fail "a worker trained on other images"
expect 0 submit here/s.yaml --via hand --run r.run
grep -q 'have changed since the jobs in r.run were planned (now 1 test image fewer)' stderr ||
    fail "submit does not say that the images are others: $(cat stderr)"
expect 0 work r.run --workers 1 --quiet
expect 0 collect r.run --db one.db
grep -q '2 jobs removed from the study tiny, since .* does not have them (other settings or other images)' stderr ||
    fail "collect does not say that jobs of other images leave the study"
runs here/s.yaml 2

# A packed set is what its pixels are.
expect 0 data pack folder --root here/birds -o here/p.pack --quiet
sed 's/root: birds/packed: p.pack/' here/s.yaml >here/p.yaml
expect 0 plan here/p.yaml --db one.db --no-estimate
grep -q "from a packed set instead of files; it is unknown whether their pixels are the same" stderr ||
    fail "plan does not say what it cannot compare: $(cat stderr)"
expect 0 run here/p.yaml --db one.db --quiet
packed=$(ids here/p.yaml)
find here/birds -name '*.png' -exec touch {} +
expect 0 data pack folder --root here/birds -o copy/p.pack --quiet
cp here/p.yaml copy/p.yaml
[ "$(ids copy/p.yaml)" = "$packed" ] || fail "a set that is packed again is another"
