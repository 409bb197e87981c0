# What a name leads to decides how an output is written: links keep their place, devices and pipes are written to as
# they are, - is standard output, and files that are not ours beside a figure stay.
. "$(dirname "$0")/common.bash"
expect 0 table table3 --format csv
cp stdout table.csv

# Links, rights.
mkdir place
echo old >place/real.csv
chmod 640 place/real.csv
ln -s place/real.csv link.csv
ln -s place/new.csv dangling.csv
expect 0 table table3 --format csv -o link.csv
expect 0 table table3 --format csv -o dangling.csv
[ -L link.csv ] && [ -L dangling.csv ] || fail "a link was replaced: $(ls -l)"
cmp table.csv place/real.csv && cmp table.csv place/new.csv || fail "the targets of links have not got the table"
[ "$(stat -c %a place/real.csv)" = 640 ] || fail "the file's mode was not kept"

# Standard output, by each of its names.
for name in - /dev/stdout /dev/fd/1; do
    (
        echo head
        "$program" table table3 --format csv -o $name
    ) >whole
    tail -n +2 whole | cmp - table.csv && [ "$(head -1 whole)" = head ] || fail "-o $name does not go on: $(head -2 whole)"
done

# A pipe.
mkfifo pipe
cat pipe >piped &
expect 0 table table3 --format csv -o pipe
wait $!
[ -p pipe ] && cmp table.csv piped || fail "the pipe was replaced, or the table did not come through"

# What is neither is refused.
ln -s circle circle
for name in place circle; do
    expect 2 table table3 -o $name
    said "$name"
done
expect 2 table table3 -o missing/table.txt
said "there is no folder missing"
expect 2 report --db no.db -o place
said "is a folder"
# Before hours of work, not after.
expect 2 train mobilenet_v2 --data shapes --epochs 100 --save place
said "place is a folder"
expect 2 train mobilenet_v2 --data shapes --epochs 100 --save missing/w.safetensors
said "there is no folder missing"
expect 2 train mobilenet_v2 --data shapes --epochs 100 --save -
said "standard output"
expect 2 train mobilenet_v2 --data shapes --epochs 100 --checkpoint pipe
said "pipe is not an ordinary file"
expect 2 report --db no.db --watch -o pipe
said "pipe is not an ordinary file"
expect 2 data pack shapes -o pipe
said "pipe is not an ordinary file"
[ "$(find . -name '*.tmp.*')" = "" ] || fail "temporaries are left"

# Devices, of our own: never the machine's.
if mknod null c 1 3 2>/dev/null && mknod full c 1 7 && echo x 2>/dev/null >null; then
    expect 0 table table3 -o null
    expect 1 table table3 -o full
    said "No space left on device"
    [ -c null ] && [ -c full ] || fail "a device was replaced: $(ls -l null full)"
fi
