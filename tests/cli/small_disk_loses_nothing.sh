# On a disk that is full a run ends with a sentence; with room again it goes on to the same results.
if [ -z "${SMALL_DISK-}" ]; then
    unshare -rm mount -t tmpfs none /mnt 2>/dev/null || { echo "no disk can be mounted here"; exit 77; }
    SMALL_DISK=1 exec unshare -rm bash "$0"
fi
. "$(dirname "$0")/common.bash"

study s.yaml 4 '[0]'
sed -i '/method: width/d' s.yaml
expect 0 run s.yaml --db whole.db --threads 1
results whole.db whole
mount -t tmpfs -o size=3m none /mnt

# Too little for a checkpoint beside the one before.
expect 3 run s.yaml --db /mnt/s.db --threads 1
expect 0 jobs --db /mnt/s.db --format json
grep -q 'No space left' stdout || fail "the job does not say why it failed"
[ -z "$(find /mnt -name '*.tmp.*')" ] || fail "half a checkpoint is left"

# Too little for the database.
mount -o remount,size=40m /mnt
expect 0 retry --db /mnt/s.db --state failed
cp s.yaml t.yaml
sed -i 's/name: tiny/name: more/; s/seeds: .*/seeds: [1, 2, 3]/' t.yaml
dd if=/dev/zero of=/mnt/filler bs=4k 2>/dev/null || true
expect 1 run t.yaml --db /mnt/s.db --threads 1
said "pace" # "no space is left", or the system's "No space left"
rm /mnt/filler
expect 0 run t.yaml --db /mnt/s.db --threads 1
expect 0 run s.yaml --db /mnt/s.db --threads 1
[ "$(sqlite3 /mnt/s.db 'PRAGMA integrity_check')" = ok ] || fail "the database is not sound"
for name in job_id state loss top1 epochs; do
    column /mnt/s.db $name --study tiny >again.$name
done
paste again.job_id again.state again.loss again.top1 again.epochs | cmp whole - || fail "the result differs"
