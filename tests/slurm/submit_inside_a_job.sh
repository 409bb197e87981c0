# `submit` in a task of Slurm, as from an interactive session: the variables of that task, and defaults that people set
# for themselves, do not leak into what is sent. The bits are those of `run`.
. "$(dirname "$0")/common.bash"

start_cluster
study s.yaml 2 '[0]'
run_whole
cat >inner.sh <<END
#!/bin/bash
export SBATCH_PARTITION=nowhere SBATCH_ARRAY_INX=0-99 SBATCH_DEBUG=1 SBATCH_JOB_NAME=mine SLURM_EXIT_ERROR=1
cd '$PWD' && '$program' submit s.yaml --db none.db --pack-seconds 0 >inner.out 2>inner.err
echo \$? >inner.status
END
chmod +x inner.sh
sbatch -Q --ntasks=2 --mem=100 --time=5 --array=7 -o "$PWD/outer.out" --wrap "srun --ntasks=1 --overlap '$PWD/inner.sh'"
wait_until "the submit" test -s inner.status
[ "$(cat inner.status)" = 0 ] || fail "submit inside a job failed: $(cat inner.err outer.out)"
grep -q '2 jobs sent in 2 tasks of 1 array' inner.err || fail "it sent something else: $(cat inner.err)"
wait_until "the results" is_finished s.run 2
check_run s
