# Ten thousand jobs, against a pretended Slurm: sent in tens of calls, looked at in one, and never sent twice.
. "$(dirname "$0")/common.bash"

mkdir bin
cat >bin/sbatch <<'END'
#!/bin/bash
echo sbatch >>calls
n=$(grep -c sbatch calls)
echo "$n $(sed -n 's/^#SBATCH --comment="\(.*\)"$/\1/p' "$2") $(sed -n 's/^#SBATCH --array=0-\([0-9]*\).*/\1/p' "$2")" >>arrays
echo "$n"
END
cat >bin/squeue <<'END'
#!/bin/bash
echo squeue >>calls
[ ! -e arrays ] || awk '{ for (i = 0; i <= $3; i++) print $1 "|" i "|PENDING||" $2 "|Priority" }' arrays
END
cat >bin/scontrol <<'END'
#!/bin/bash
echo scontrol >>calls
printf 'Configuration\nMaxArraySize            = 1001\nMaxJobCount             = 50000\n'
END
chmod +x bin/*
export PATH=$PWD/bin:$PATH

study s.yaml 1 "[$(seq -s, 0 4999)]"
expect 0 submit s.yaml --pack-seconds 0
grep -q '10000 jobs sent in 10000 tasks of 10 arrays' stderr || fail "not 10000 jobs in 10 arrays"
[ "$(grep -c sbatch calls)" = 10 ] || fail "not 10 calls of sbatch"
[ "$(grep -vc sbatch calls)" -le 2 ] || fail "more calls besides than 2"
: >calls
expect 0 submit s.yaml --pack-seconds 0
grep -q '10000 on their way; 0 jobs sent' stderr || fail "sent twice"
[ "$(wc -l <calls)" = 1 ] || fail "finding out that nothing is missing took more than one call"
: >calls
started=$SECONDS
expect 0 status s.run
expect 0 status s.run
[ "$(wc -l <calls)" -le $((1 + (SECONDS - started) / 30)) ] || fail "looking twice took more than a call in half a minute"
grep -q '10000 tasks of the queue waiting: others have a higher priority (Priority)' stderr ||
    fail "status does not say why tasks wait"
