# Links that somebody put into a run folder, or among a study's files, lead no command to the user's other files: they
# are refused by name, or taken for what they are, and nothing outside is moved, emptied, written or read.
. "$(dirname "$0")/common.bash"

study s.yaml 1 '[0]'
expect 0 submit s.yaml --run new.run --via hand
cp -a new.run done.run
expect 0 work done.run
id=$(ls done.run/results | sed -n 1p)
id=${id%%.*}
part=chain/${id:0:2}

# What is the user's own. One folder is called as an attempt is, and files as a job's.
mkdir -p "mine/$id.1" "mine/${id:0:2}" elsewhere
for file in thesis.tex "$id.1/data" "$id.1.done" "$id.log" "$id.safetensors" "$id.best.safetensors" "${id:0:2}/notes"; do
    echo mine >"mine/$file"
done
touch -d '1 day ago' mine/*
look_at_mine() {
    find mine elsewhere -printf '%p %y %s %T@\n' | sort
}
look_at_mine >mine.before

unharmed() {
    look_at_mine | cmp - mine.before || fail "$* changes what is outside"
}

# from FOLDER: a fresh copy as r.run.
from() {
    rm -rf r.run
    cp -a "$1" r.run
}

# put LINK TARGET: a link in place of what is in the run folder.
put() {
    rm -rf "r.run/$1"
    ln -s "$PWD/$2" "r.run/$1"
}

refused() {
    local link=$1
    shift
    expect 2 "$@"
    said "/$link is a symbolic link"
    unharmed "$* with the link $link"
}

# Everything in the one would be moved to the other.
from done.run
put results mine
put set-aside elsewhere
refused results collect r.run
from done.run
put set-aside elsewhere
echo other >r.run/results/other
refused set-aside collect r.run

# A job that is done has its attempts removed.
for folder in new.run done.run; do
    from $folder
    put attempts mine
    refused attempts work r.run
    refused attempts collect r.run
done
from done.run
ln -s "$PWD/mine" "r.run/attempts/$id.1"
expect 0 collect r.run --db c.db
unharmed "collect with a link as an attempt"
[ ! -L "r.run/attempts/$id.1" ] || fail "the link was not removed"
# The same of one that is to begin, as an entry of the chain has it come.
from new.run
echo '{"kind": "released"}' >"r.run/$part/$id.1"
ln -s "$PWD/mine" "r.run/attempts/$id.2"
expect 0 work r.run
unharmed "work with a link as its attempt"
from new.run
echo '{"kind": "released"}' >"r.run/$part/$id.1"
ln -s "$PWD/mine" "r.run/attempts/$id.1"
refused "attempts/$id.1" work r.run
for ending in safetensors epochs; do
    rm -rf "r.run/attempts/$id.1"
    mkdir "r.run/attempts/$id.1"
    ln -s "$PWD/mine/thesis.tex" "r.run/attempts/$id.1/$id.$ending"
    expect 2 work r.run
    said "$id.$ending is no ordinary file"
    unharmed "work with a link as $ending of a former attempt"
done

for link in logs tmp chain submissions program; do
    from new.run
    put $link mine
    for command in status collect work cancel 'submit s.yaml --via hand --run'; do
        words=()
        [ "$command" != cancel ] || words=(--state waiting)
        # shellcheck disable=SC2086
        refused $link $command r.run "${words[@]}"
    done
done
from new.run
put "$part" "mine/${id:0:2}"
refused "$part" work r.run
refused "$part" status r.run

# Files.
for link in run.json plan.db elsewhere; do
    from new.run
    cp r.run/plan.db saved.db
    put $link mine/thesis.tex
    refused $link work r.run
done
from done.run
put "results/$id.2.done" "mine/$id.1.done"
expect 1 collect r.run
grep -q "$id.2.done is a symbolic link.*set aside" stderr || fail "a link among the results is not named"
unharmed "collect with a link as a result"
expect 0 status r.run
from done.run
put "$part/$id.1" mine/thesis.tex
put "$part/$id.2" mine/thesis.tex
rm "r.run/results/$id.2.done"
refused "$part/$id.2" status r.run
# submit writes these anew.
study more.yaml 1 '[0, 1]'
from new.run
put study.yaml mine/thesis.tex
expect 0 run s.yaml
put elsewhere mine/thesis.tex
expect 0 submit more.yaml --run r.run --via hand --db s.db
unharmed "submit with links as files"
if [ -L r.run/study.yaml ] || [ -L r.run/elsewhere ]; then
    fail "submit left a link in place of what it wrote"
fi

# A log that is somewhere else is not shown.
from new.run
echo '{"kind": "released"}' >"r.run/$part/$id.1"
mkdir "r.run/attempts/$id.1"
echo secret >secret
ln -s "$PWD/secret" "r.run/attempts/$id.1/$id.log"
expect 2 logs r.run "$id"
said "$id.log is a symbolic link"
if grep -q secret stdout; then fail "logs shows a file that is elsewhere"; fi

# The files of a study.
for link in s.db.d s.db.d/logs s.db.d/checkpoints s.db.d/weights; do
    rm -rf "$link"
    ln -s "$PWD/mine" "$link"
    refused "$link" run s.yaml
    refused "$link" rm s.yaml "$id" --yes
    [ "$(status_of s.db done)" = 2 ] || fail "rm removed a job that it refused"
    rm "$link"
    mkdir -p s.db.d
done
# They are in another file's place: emptied is the place.
mkdir -p s.db.d/logs
ln "mine/$id.log" "s.db.d/logs/$id.log"
expect 0 rm s.yaml "$id" --yes
ln "mine/$id.log" "s.db.d/logs/$id.log"
expect 0 run s.yaml
unharmed "a second name of a file as a log"

# What killed processes left of scratch files.
mkdir -p tmp/scalestudy-work.4194304.1
chmod 700 tmp/scalestudy-work.4194304.1
: >tmp/scalestudy-work.4194304.1/lock
ln -s "$PWD/mine" tmp/scalestudy-work.4194304.1/link
ln -s "$PWD/mine" tmp/scalestudy-work.4194304.2
TMPDIR=$PWD/tmp expect 0 status done.run
unharmed "sweeping the scratch folder"
[ "$(ls tmp)" = scalestudy-work.4194304.2 ] || fail "the scratch folder has $(ls tmp)"
