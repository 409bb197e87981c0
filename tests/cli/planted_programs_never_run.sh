# In a run folder that others may write to, the program that a task runs is the one that submitted, or nothing: what lies
# there under its hash is compared as a whole by submit, and by the script that the queue has, when it starts.
. "$(dirname "$0")/common.bash"

mkdir bin
# An sbatch that keeps the script, as a controller does; somebody changes what lies in the run folder before it is read.
cat >bin/sbatch <<'END'
#!/bin/bash
cd "$(dirname "$0")/.." || exit 1
for written in s.run/submissions/*/script.sh; do
    printf '#!/bin/bash\necho stolen >%s/victim\n' "$PWD" >"$written"
done
cp "${*: -1}" script
ls -ld "$(dirname "${*: -1}")" >script.folder
echo 7
END
cat >bin/squeue <<'END'
#!/bin/bash
END
cat >bin/scontrol <<'END'
#!/bin/bash
printf 'Configuration\nMaxArraySize = 1001\nMaxJobCount = 50000\n'
END
chmod +x bin/*
export PATH=$PWD/bin:$PATH
echo precious >victim
planted='#!/bin/bash
echo stolen >'$PWD'/victim'
hash=$(sha256sum <"$program" | cut -d ' ' -f 1)

plant() {
    mkdir -p "$(dirname "$1")"
    echo "$planted" >"$1"
    chmod 755 "$1"
}
task() {
    rm -f stdout stderr
    SLURM_ARRAY_TASK_ID=0 SLURM_ARRAY_JOB_ID=7 bash script >stdout 2>stderr
}
unharmed() {
    [ "$(cat victim)" = precious ] || fail "$1"
}

study s.yaml 1 '[0]'
expect 0 submit s.yaml --via hand
for folder in "${hash:0:16}" "$hash" "$hash.$(id -u)"; do
    plant "s.run/program/$folder/scalestudy"
done
expect 0 submit s.yaml --db none.db
grep -q '2 jobs sent' stderr || fail "nothing was sent"
grep -q '^drwx------' script.folder || fail "sbatch reads the script where others may write"
task || fail "the task failed"
unharmed "a program that lay in the run folder was run"
[ "$(find s.run/results -name '*.done' | wc -l)" = 2 ] || fail "the task did not do its jobs"

# It is exchanged after submit; the task ends without running it, and says so.
rm -rf s.run script
expect 0 submit s.yaml --db none.db
own=$(find s.run/program -name scalestudy)
cp "$own" kept
plant new
mv new "$own"
! task || fail "a task whose program was exchanged ends well"
unharmed "a program that was exchanged after submit was run"
grep -q 'is not the program that submit put there' stderr || fail "the task does not say why"
[ -z "$(find s.run/attempts s.run/results -type f)" ] || fail "a job was begun"

# One with the right content that others may write to, who could change it after it was compared.
cp kept "$own"
chmod 775 "$own"
! task || fail "a program that a group may change is run"
chmod 755 "$own"
if chown nobody "$own" 2>/dev/null; then
    ! task || fail "a program that another user may change is run"
    rm -rf s.run/submissions/*
    expect 0 submit s.yaml --db none.db
    [ "$(stat -c %u "$own")" = "$(id -u)" ] || fail "submit takes the file of another user for its own"
fi
rm "$own"
! task || fail "a task without its program ends well"

# submit puts it back, once for all.
rm -rf s.run/submissions/*
plant "$own"
expect 0 submit s.yaml --db none.db
cmp "$own" kept || fail "submit leaves another program under the name of its own"
before=$(stat -c %i "$own")
rm -rf s.run/submissions/*
expect 0 submit s.yaml --db none.db
[ "$before" = "$(stat -c %i "$own")" ] || fail "the program is written anew although it is the same"

# Links lead nowhere.
mkdir elsewhere
cp victim elsewhere/scalestudy
rm -rf "$(dirname "$own")" s.run/submissions/*
ln -s "$PWD/elsewhere" "$(dirname "$own")"
status=0
"$program" submit s.yaml --db none.db >stdout 2>stderr || status=$?
cmp victim elsewhere/scalestudy || fail "a file was overwritten through a link"
[ "$(ls elsewhere)" = scalestudy ] || fail "the program was put where a link leads"
[ $status = 2 ] || fail "submit into a link ended with $status"
said 'symbolic link'
rm "$(dirname "$own")"
mkdir "$(dirname "$own")"
ln -s "$PWD/victim" "$own"
expect 0 submit s.yaml --db none.db
unharmed "a file was overwritten through a link"
cmp "$own" kept && [ ! -L "$own" ] || fail "a link stands where the program should"
