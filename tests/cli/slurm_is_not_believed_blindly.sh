# Against a pretended Slurm that misbehaves: a squeue that ends with 0 and only complains is no answer, an scancel that
# ends with 0 and cancels nothing is found out, and one that fails because all is over already is no error; what sbatch
# says is shown whole; variables that people set for Slurm's programs reach none of them; `clusters` reaches all.
. "$(dirname "$0")/common.bash"

mkdir bin
# Tasks are lines of the file `queue`: array|index|state|node|comment|name|command|folder|reason.
cat >bin/sbatch <<'END'
#!/bin/bash
here=$(dirname "$0")/..
echo "sbatch $*" >>"$here/calls"
env | sed 's/^/sbatch: /' >>"$here/variables"
[ ! -e "$here/sbatch.says" ] || cat "$here/sbatch.says" >&2
[ ! -e "$here/sbatch.fails" ] || exit 1
script=${*: -1}
for ((i = 0; i <= $(sed -n 's/^#SBATCH --array=0-\([0-9]*\).*/\1/p' "$script"); i++)); do
    echo "7|$i|PENDING||$(sed -n 's/^#SBATCH --comment="\(.*\)"$/\1/p' "$script")|$(sed -n \
        's/^#SBATCH --job-name="\(.*\)"$/\1/p' "$script")|$script|/somewhere|Priority" >>"$here/queue"
done
[ -e "$here/elsewhere" ] && rm "$here/queue"
echo "7;$(cat "$here/elsewhere" 2>/dev/null || sed -n 's/^#SBATCH --clusters="\(.*\)"$/\1/p' "$script")"
exit 0
END
cat >bin/squeue <<'END'
#!/bin/bash
here=$(dirname "$0")/..
echo "squeue $*" >>"$here/calls"
env | sed 's/^/squeue: /' >>"$here/variables"
if [ -e "$here/squeue.says" ]; then cat "$here/squeue.says" >&2; exit 0; fi
cat "$here/queue" 2>/dev/null
exit 0
END
cat >bin/scancel <<'END'
#!/bin/bash
here=$(dirname "$0")/..
echo "scancel $*" >>"$here/calls"
env | sed 's/^/scancel: /' >>"$here/variables"
[ -e "$here/scancel.lies" ] || [ ! -e "$here/queue" ] || sed -i 's/|PENDING|/|CANCELLED|/' "$here/queue"
[ ! -e "$here/scancel.fails" ] || { echo "scancel: error: Kill job error on job id 7: Job/step already completing or completed" >&2; exit 1; }
END
cat >bin/scontrol <<'END'
#!/bin/bash
here=$(dirname "$0")/..
echo "scontrol $*" >>"$here/calls"
env | sed 's/^/scontrol: /' >>"$here/variables"
printf 'Configuration\nMaxArraySize = 1001\nMaxJobCount = 50000\n'
END
chmod +x bin/*
export PATH=$PWD/bin:$PATH
export SCANCEL_STATE=RUNNING SBATCH_ARRAY_INX=0-9 SQUEUE_PARTITION=none SCONTROL_ALL=1 SLURM_CLUSTERS=other SLURM_TIME_FORMAT=x
study s.yaml 1 '[0]'
printf 'pack_seconds: 0\ntime: 10\nanswer_seconds: 5\n' >cluster.yaml
send() {
    local status=$1
    shift
    expect "$status" submit s.yaml --db none.db --cluster cluster.yaml "$@"
}

# What submit relies on is refused before anything is made, wherever it is written.
send 2 --options=--job-name --options=x
said "'--job-name' cannot be among the options for sbatch"
for line in 'options: "--nice=1 -J x"' 'options: --com=x' 'setup: "#SBATCH --array=0-3"' 'clusters: a,b'; do
    echo "$line" >wrong.yaml
    expect 2 submit s.yaml --db none.db --cluster wrong.yaml
    said "--cluster wrong.yaml: "
done
[ ! -e s.run ] && [ ! -e calls ] || fail "something was made or asked before the options were refused"

printf 'sbatch: error: You have no account here.\nsbatch: error: Ask at desk 4.\nsbatch: error: Batch job submission failed: Unspecified error\n' >sbatch.says
touch sbatch.fails
send 1
said "sbatch: error: You have no account here.; error: Ask at desk 4.; error: Batch job submission failed: Unspecified error"
grep -q 'desk 4' s.run/submissions/*/refused || fail "the folder does not keep the reason"
rm sbatch.fails sbatch.says
# A default of the site chooses another cluster.
echo south >elsewhere
send 2
said "the cluster 'south'"
said "it was cancelled; --clusters south sends it there"
grep -q '^scancel --clusters=south 7$' calls || fail "what went elsewhere was not taken back"
rm elsewhere
echo 'sbatch: Your project has 7 hours left.' >sbatch.says
send 0 --clusters north
grep -q 'Your project has 7 hours left' stderr || fail "what sbatch says although it accepts is not shown"
send 0 --clusters north
grep -q '2 on their way; 0 jobs sent' stderr || fail "what was sent is not found"
# A site that rewrites comments and names.
cp queue queue.sent
sed -i 's/|[0-9a-f]*|scalestudy-[^|]*|/|a|b|site|/' queue
! cmp -s queue queue.sent || fail "the test rewrites nothing"
send 0 --clusters north
grep -q '2 on their way; 0 jobs sent' stderr || fail "what was rewritten is not found"
rm -f s.run/queue.tsv
expect 0 status s.run
grep -q '2 tasks of the queue waiting: others have a higher priority' stderr || fail "status does not find what was rewritten"

# Another cluster does not see what this one has.
send 2 --clusters south
said "2 tasks of this folder wait or run on the cluster 'north'"
send 2 --clusters north,south
said "is not the name of one cluster"

echo 'squeue: error: No cluster can be reached' >squeue.says
send 1 --clusters north
said "nothing was sent"
said "squeue: error: No cluster can be reached"
rm squeue.says s.run/queue.tsv

touch scancel.lies
expect 1 cancel s.run --where 1
said "2 tasks are still in the queue after cancelling, such as 7_"
rm scancel.lies
touch scancel.fails
expect 0 cancel s.run --where 1
! grep -q '|PENDING|' queue || fail "cancel left tasks in the queue"

[ -z "$(grep -E ': (SBATCH|SQUEUE|SCANCEL|SCONTROL)_|: SLURM_[^C]|: SLURM_CLUSTERS' variables)" ] ||
    fail "variables reach Slurm's programs: $(grep -E ': [A-Z]*_' variables | sort -u)"
for name in sbatch squeue scancel scontrol; do
    grep -q "^$name --clusters=north" calls || fail "$name is not told the cluster"
done
grep -qh '^#SBATCH --clusters="north"$' s.run/submissions/*/script.sh || fail "the script does not name the cluster"
