# `db merge` joins two studies of the same name only if one has all networks of the other.
. "$(dirname "$0")/common.bash"

mkdir a b
study a/tiny.yaml 1 '[0]'
study b/tiny.yaml 2 '[1]'
expect 0 run a/tiny.yaml --db a.db
expect 0 run b/tiny.yaml --db b.db
cp a.db before.db

expect 2 db merge a.db b.db
said "b.db: both have a study tiny, with different networks: 2 only here, 2 only there, 0 in both"
said "--as NAME"
results a.db after
results before.db was
cmp after was || fail "a merge that was refused changed something"
for again in 1 2; do
    expect 0 db merge a.db b.db --as longer
    expect 0 status --db a.db --format csv
    [ "$(grep -c '^tiny,2,2,' stdout)" = 1 ] || fail "the study here has other jobs: $(cat stdout)"
    [ "$(grep -c '^longer,2,2,' stdout)" = 1 ] || fail "theirs is not kept under its new name"
done
expect 0 db check a.db
expect 0 export --db a.db --what accuracies --format csv
[ "$(grep -c ',1,' stdout)" = 4 ] || fail "a network of one recipe counts seeds of the other"
study c.yaml 3 '[0]'
expect 0 run c.yaml
expect 2 db merge a.db c.db --as longer
said "there is a study longer already"
expect 2 db check a.db --as x
said "--as is an option of"

# Other seeds, or some networks more, are the same study.
sed 's/\[0\]/[5]/; s/^      - {method: width, w: 2}/&\n      - {method: width, w: 3}/' c.yaml >d.yaml
expect 0 run d.yaml
expect 0 db merge c.db d.db
[ "$(status_of c.db done)" = 5 ] || fail "what adds to a study was not taken over"
