# A Slurm cluster on the loopback interface of one machine, for tests: munged, slurmctld and N slurmd, all files in
# one folder, no systemd, no database. To be sourced.
#
#     cluster_start FOLDER NODES [LINE OF slurm.conf...]    then SLURM_CONF is set
#     cluster_kill_node n2          the machine dies: slurmd, its steps and its jobs, at once
#     cluster_cut_node n2           only slurmd dies: jobs run on unseen, as on a machine that is cut off
#     cluster_start_node n2         it comes back
#     cluster_kill_controller; cluster_start_controller
#     cluster_stop                  everything ends
#
# Processes are found by their environment (SLURM_CONF; those of a node SLURMD_NODENAME), and the steps of a node, which
# overwrite theirs, by the log that they hold open.

cluster_missing() {
    local program
    for program in munged slurmctld slurmd sbatch; do
        PATH=$PATH:/usr/sbin command -v $program >/dev/null || echo $program
    done
}

# Whether this Slurm is of version $1 or newer.
cluster_is_from() {
    local version
    version=$(PATH=$PATH:/usr/sbin slurmctld -V | sed 's/.* //')
    [ "$(printf '%s\n%s\n' "$1" "$version" | sort -V | sed -n 1p)" = "$1" ]
}

# The first port of a row of $1 free ones; where to begin depends on the process, so that two that start together
# find different ones.
cluster_free_port() {
    local port candidate free
    for ((port = 20000 + $$ % 250 * 40; port < 32000; port += 40)); do
        free=1
        for ((candidate = port; candidate < port + $1; candidate++)); do
            if (: </dev/tcp/127.0.0.1/$candidate) 2>/dev/null; then free=0; break; fi
        done
        if [ $free = 1 ]; then echo $port; return; fi
    done
    return 1
}

# Processes of this cluster that have $1 in their environment, and live.
cluster_processes() {
    local file pid state
    for file in $(grep -lzxF "SLURM_CONF=$cluster/slurm.conf" /proc/[0-9]*/environ 2>/dev/null); do
        grep -qzxE "$1" "$file" 2>/dev/null || continue
        pid=${file#/proc/} pid=${pid%/environ}
        state=$(sed 's/.*) //' "/proc/$pid/stat" 2>/dev/null) || continue
        case $state in Z* | X*) ;; *) echo "$pid" ;; esac
    done
}

cluster_steps() {
    find /proc/[0-9]*/fd -lname "$cluster/log/$1" 2>/dev/null | sed 's,^/proc/\([0-9]*\)/.*,\1,' | sort -u
}

cluster_kill() {
    # shellcheck disable=SC2086
    [ -z "$1" ] || kill -"${2:-KILL}" $1 2>/dev/null || true
}

cluster_within() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        [ $SECONDS -lt $end ] || return 1
        sleep 0.1
    done
}

cluster_start() {
    local nodes=$2 port line user host
    cluster=$(mkdir -p "$1" && cd "$1" && pwd -P)
    shift 2
    unset "${!SLURM@}"
    export PATH=$PATH:/usr/sbin SLURM_CONF=$cluster/slurm.conf
    port=$(cluster_free_port $((nodes + 3)))
    user=$(id -un) host=$(hostname -s)
    cluster_nodes=$nodes cluster_rest_port=$((port + nodes + 1))
    mkdir -p "$cluster"/{log,state,spool}
    chmod 755 "$cluster"
    mkdir -m 700 "$cluster/key"
    mkdir -m 755 "$cluster/run"
    head -c 64 /dev/urandom >"$cluster/key/munge"
    head -c 32 /dev/urandom >"$cluster/key/jwt"
    chmod 600 "$cluster"/key/*
    cat >"$SLURM_CONF" <<END
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmUser=$user
SlurmdUser=$user
AuthInfo=socket=$cluster/run/munge,cred_expire=5
AuthAltTypes=auth/jwt
AuthAltParameters=jwt_key=$cluster/key/jwt
StateSaveLocation=$cluster/state
SlurmdSpoolDir=$cluster/spool/%n
SlurmctldPidFile=$cluster/run/slurmctld.pid
SlurmdPidFile=$cluster/run/%n.pid
SlurmctldLogFile=$cluster/log/slurmctld
SlurmdLogFile=$cluster/log/%n
SlurmdParameters=config_overrides
SlurmdDebug=verbose
ProctrackType=proctrack/linuxproc
TaskPlugin=${cluster_task_plugin:-task/none}
MpiDefault=none
MailProg=/bin/true
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerParameters=batch_sched_delay=0,sched_interval=1,bf_interval=1
ReturnToService=2
SlurmdTimeout=5
SlurmctldTimeout=5
MessageTimeout=3
KillWait=2
NodeName=n[1-$nodes] NodeHostname=$host NodeAddr=127.0.0.1 Port=[$((port + 1))-$((port + nodes))] CPUs=2 RealMemory=2000 State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
END
    for line in "$@"; do echo "$line" >>"$SLURM_CONF"; done
    # Newer ones want control groups even where no plugin uses them.
    if [ ! -e "$cluster/cgroup.conf" ] && cluster_is_from 23.11; then
        echo "CgroupPlugin=disabled" >"$cluster/cgroup.conf"
    fi
    munged --force --socket="$cluster/run/munge" --key-file="$cluster/key/munge" --num-threads=2 \
        --pid-file="$cluster/run/munged.pid" --log-file="$cluster/log/munged" --seed-file="$cluster/key/seed"
    cluster_start_controller
    local i
    for ((i = 1; i <= nodes; i++)); do cluster_start_node n$i; done
    cluster_within 30 cluster_is_idle || { echo "the nodes did not come up: $(tail -n 3 "$cluster"/log/*)" >&2; return 1; }
}

cluster_is_idle() {
    [ "$(sinfo -h -N -o %T 2>/dev/null | grep -cE '^(idle|mixed|allocated|completing)$')" = "$cluster_nodes" ]
}

cluster_start_controller() {
    rm -f "$cluster/run/slurmctld.pid"
    slurmctld
    cluster_within 20 scontrol ping >/dev/null
}

cluster_kill_controller() {
    kill -9 "$(cat "$cluster/run/slurmctld.pid")"
}

cluster_start_node() {
    mkdir -p "$cluster/spool/$1"
    SLURMD_NODENAME=$1 slurmd -N "$1"
}

# Stopped before they are killed, so that none lives to tell of another's end; again for what was forked meanwhile.
cluster_kill_node() {
    local processes
    for _ in 1 2 3; do
        processes="$(cluster_steps "$1") $(cluster_processes "SLURMD_NODENAME=$1")"
        cluster_kill "$processes" STOP
        cluster_kill "$processes" KILL
    done
    rm -rf "$cluster/spool/$1" "$cluster/run/$1.pid"
}

cluster_cut_node() {
    kill -9 "$(cat "$cluster/run/$1.pid")"
}

# A command as another user, if we are root; slurmrestd wants to be neither root nor the controller's user.
cluster_as() {
    local user=$1
    shift
    if [ "$(id -u)" = 0 ]; then
        setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups -- "$@"
    else
        SLURMRESTD_SECURITY=disable_user_check "$@"
    fi
}

# The versions of slurmrestd's interface that this Slurm has: v0.0.38 ...
cluster_rest_versions() {
    local list=-d name=data_parser
    if ! cluster_is_from 23.11; then list=-s name=openapi; fi
    cluster_as bin slurmrestd $list list 2>&1 |
        sed -nE "s,.*$name/(v0\\.0\\.(3[89]|[4-9][0-9]))\$,\\1,p" | sort -uV
}

# slurmrestd on a unix socket ($cluster/run/rest/socket) for the user $2, and, with JWT, on a port of the loopback
# interface; $1: the version of the interface that it has, v0.0.38 and so on.
cluster_start_rest() {
    local interface="-s openapi/$1" user=$2
    if cluster_is_from 23.11; then interface="-s openapi/slurmctld -d $1"; fi
    rm -rf "$cluster/run/rest"
    mkdir "$cluster/run/rest"
    [ "$(id -u)" != 0 ] || chown "$user" "$cluster/run/rest"
    # shellcheck disable=SC2086
    cluster_as "$user" slurmrestd -vvv -t 2 -a rest_auth/local $interface \
        "unix:$cluster/run/rest/socket" </dev/null >>"$cluster/log/rest" 2>&1 &
    # shellcheck disable=SC2086
    SLURM_JWT=daemon cluster_as bin slurmrestd -vvv -t 2 -a rest_auth/jwt $interface \
        "127.0.0.1:$cluster_rest_port" </dev/null >>"$cluster/log/rest" 2>&1 &
    cluster_within 10 test -S "$cluster/run/rest/socket"
    cluster_within 10 eval "(: </dev/tcp/127.0.0.1/$cluster_rest_port) 2>/dev/null"
}

cluster_stop_rest() {
    local pid
    for pid in $(cluster_processes '.*'); do
        if grep -qx slurmrestd "/proc/$pid/comm"; then cluster_kill "$pid" TERM; fi
    done
    wait
}

cluster_stop() {
    local i
    [ -n "${cluster-}" ] || return 0
    for i in 1 2 3 4; do cluster_kill "$(cluster_steps 'n*') $(cluster_processes '.*')"; done
    cluster_kill "$(cat "$cluster/run/munged.pid" 2>/dev/null)" TERM
}
