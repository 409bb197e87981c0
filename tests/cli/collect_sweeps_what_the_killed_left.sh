# Processes that are killed leave checkpoints of done jobs and unfinished files in tmp: the next `collect` or `work`
# removes these, and nothing that may still be needed.
. "$(dirname "$0")/common.bash"

study s.yaml 1 '[0]'
expect 0 submit s.yaml --via hand --takeover-seconds 5
expect 0 work s.run
result=$(cd s.run/results && set -- *.done && echo "$1")
job=${result%%.*}
leave() {
    mkdir -p "s.run/attempts/$job.1" "s.run/attempts/$job.2"
    echo checkpoint >"s.run/attempts/$job.1/$job.safetensors"
    echo epochs >"s.run/attempts/$job.2/$job.epochs"
    echo shard | tee s.run/tmp/host.1.1 >s.run/tmp/host.1.2.tmp.1
    touch -d '1 minute ago' s.run/tmp/*
    echo shard >s.run/tmp/host.1.3
}
other=$(printf '%064d' 7) # of a job that nobody has done
mkdir "s.run/attempts/$other.1"
for command in collect work; do
    leave
    expect 0 $command s.run
    [ "$(cd s.run && find attempts tmp -mindepth 1 | sort)" = "$(printf 'attempts/%s.1\ntmp/host.1.3' "$other")" ] ||
        fail "$command left: $(find s.run/attempts s.run/tmp)"
done
