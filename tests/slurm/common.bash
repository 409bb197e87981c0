# What the scripts of this folder share. Each has an empty folder of its own and a cluster of its own, and says by its
# exit status whether what its name claims is true; 77: there is no Slurm here.
. "$(dirname "${BASH_SOURCE[0]}")/../cli/common.bash"
. "$(dirname "${BASH_SOURCE[0]}")/cluster.bash"

missing=$(cluster_missing)
if [ -n "$missing" ]; then
    # shellcheck disable=SC2086
    echo "there is no Slurm here to test with:" $missing
    exit 77
fi
# Unix sockets have short paths: the cluster's folder is not below a long one.
cluster_folder=$(mktemp -d /tmp/slurm-test.XXXXXX)
end_cluster() {
    local status=$? queue
    queue=$(squeue -a -r -o '%F_%K %T %r %N' 2>&1 | sed -n 1,20p)
    cluster_stop
    if declare -F after_cluster >/dev/null; then after_cluster; fi
    if [ $status -ne 0 ] && [ $status -ne 77 ]; then
        echo "--- the queue, and its own words:"
        echo "$queue"
        tail -n 15 "$cluster_folder"/log/slurmctld
        tail -n 5 ./*.run/logs/* 2>/dev/null | sed -n 1,60p
    fi
    rm -rf "$cluster_folder"
    exit $status
}
trap end_cluster EXIT

# wait_until WHAT COMMAND...: as in tests/cli, but queues are slow: four minutes at most.
wait_until() {
    local what=$1
    shift
    cluster_within ${PATIENCE:-240} "$@" || fail "waited four minutes for: $what"
}

# A cluster of three nodes, with further lines of slurm.conf.
start_cluster() {
    cluster_start "$cluster_folder" 3 "$@"
}

# From here on, if we are root, the program is an ordinary user's, in a folder of theirs, as it is in a lab; $user.
become_a_user() {
    user=$(id -un)
    [ "$(id -u)" = 0 ] || return 0
    user=daemon
    mkdir "$cluster_folder/home"
    cp "$program" "$cluster_folder/home/scalestudy"
    cd "$cluster_folder/home"
    # shellcheck disable=SC2016
    printf '#!/bin/sh\nexec setpriv --reuid=%s --regid=%s --clear-groups -- "%s" "$@"\n' \
        "$(id -u $user)" "$(id -g $user)" "$PWD/scalestudy" >program
    chmod 755 program scalestudy
    export XDG_CACHE_HOME=$PWD/cache
    export XDG_CONFIG_HOME=$PWD/config XDG_STATE_HOME=$PWD/state
    program=$PWD/program
    give_to_user .
}
give_to_user() {
    [ "$(id -u)" != 0 ] || chown -R "$user" "$@"
}

# What `run` makes of the study s.yaml, in the file whole.
run_whole() {
    expect 0 run s.yaml --db whole.db --threads 1
    results whole.db whole
}

is_finished() {
    [ "$(find "$1/results" -name '*.done' | wc -l)" = "$2" ]
}

queue_is_empty() {
    [ -z "$(squeue -h -a)" ]
}

has_attempt_checkpoint() {
    compgen -G "$1/attempts/*/*.safetensors" >/dev/null
}

# What killed processes left is swept by `collect`, once it is old enough to be nobody's.
nothing_is_left() {
    [ -n "$(find "$1.run/tmp" "$1.run/attempts" "$1.run/set-aside" -mindepth 1)" ] || return 0
    sleep 1
    expect 0 collect "$1.run"
    return 1
}

# check_run RUN: its results are those of `run`, each once, and nothing is left over.
check_run() {
    expect 0 collect "$1.run"
    results "$1.db" "$1"
    cmp whole "$1" || fail "the results differ from those of run"
    wait_until "the end of all tasks" queue_is_empty
    cluster_within 30 nothing_is_left "$1" || fail "files are left over: $(find "$1.run"/{tmp,attempts,set-aside})"
    # A login shell for each task takes seconds, and more on a busy machine.
    ! grep 'get env for user' "$cluster"/log/n* || fail "tasks were started by a login shell"
    [ -z "$(cluster_processes 'SLURM_JOB_ID=.*')" ] || fail "processes of tasks are left over"
}
