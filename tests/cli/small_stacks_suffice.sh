# With stacks of 256 KiB a study trains to what it gives with large ones, and no thread's own variables take of them.
. "$(dirname "$0")/common.bash"
study small.yaml 1 '[0]'
sed -i 's/horizontal_flip/random_resized_crop, horizontal_flip/' small.yaml
expect 0 run small.yaml --db large.db --workers 1 --threads 2
results large.db large
for kib in 1024 256; do
    (
        ulimit -s $kib
        expect 0 run small.yaml --db "$kib.db" --workers 1 --threads 2
        expect 0 train mobilenet_v2 -w 0.25 --input 32 --data shapes --train-images 64 --test-images 32 --epochs 1 \
            --batch 32 --threads 2 --loader-threads 2 --augment random_resized_crop --rand-augment 9
    )
    results "$kib.db" "$kib"
    cmp -s "$kib" large || fail "other results with stacks of $kib KiB"
done
# What is thread-local lies on the stack of every thread.
bytes=$(readelf -lW "$program" | awk '$1 == "TLS" { print $6 }')
[ $((${bytes:-0})) -le 65536 ] || fail "$((bytes)) bytes of variables of every thread"
