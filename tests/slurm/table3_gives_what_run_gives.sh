# The networks of Table 3 (configs/studies/table3.yaml, on a handful of images), sent by sbatch and by slurmrestd, give what
# `run` gives with as many threads: every figure of the database and of the table.
. "$(dirname "$0")/common.bash"

start_cluster
sed 's/train_images: [0-9]*, test_images: [0-9]*/train_images: 32, test_images: 16/; s/batch: 32/batch: 8/' \
    "$(dirname "$0")/../../configs/studies/table3.yaml" >s.yaml
grep -q 'train_images: 32' s.yaml && grep -q 'batch: 8' s.yaml || fail "the study could not be made smaller"
jobs=16
# What the networks' names, costs, accuracies, losses of all epochs are, and the table made of them.
measured() {
    expect 0 table table3 --db "$1.db" --format csv
    cp stdout "$1.table"
    sqlite3 "$1.db" "SELECT job_id, state, model, method, input, seed, params, macs, top1, top5, loss, epochs FROM job_result
        ORDER BY 1; SELECT job_id, epoch, split, loss, top1, top5, lr FROM epoch_metric ORDER BY 1, 2, 3" >"$1.all"
}
run_whole
measured whole
[ "$(grep -c '|done|' whole.all)" = $jobs ] || fail "run did not do the $jobs jobs"
same_as_run() {
    wait_until "the results" is_finished "$1.run" $jobs
    check_run "$1"
    measured "$1"
    cmp whole.all "$1.all" || fail "by $1, figures differ from those of run"
    cmp whole.table "$1.table" || fail "by $1, the table differs from that of run"
}
expect 0 submit s.yaml --run sbatch.run --db none.db --threads 1
same_as_run sbatch

PATH=$PATH:/usr/sbin command -v slurmrestd >/dev/null || { echo "there is no slurmrestd here to test with"; exit 77; }
become_a_user
cp -r "$OLDPWD"/{s.yaml,whole,whole.all,whole.table} .
cluster_start_rest "$(cluster_rest_versions | tail -n 1)" "$user"
expect 0 submit s.yaml --run rest.run --db none.db --threads 1 --via rest --url "unix:$cluster/run/rest/socket"
same_as_run rest
