# bench times a network and its layers beside what the machine can do, and keeps rows in a database.
. "$(dirname "$0")/common.bash"

# number KEY: of the CSV in the file stdout.
number() {
    awk -F, -v name="$1" '
        { sub(/\r$/, "") }
        NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) at = i; next }
        NR == 2 { print $at }' stdout
}

# holds EXPRESSION: of numbers.
holds() {
    awk "BEGIN { exit !($1) }" || fail "not so: $1"
}

small="mobilenet_v2 -w 0.25 --input 32 --classes 10 --batch 4 --threads 1"
expect 0 bench $small --steps 3 --format csv
for key in model mode input batch threads images_per_second step_ms_median step_ms_min peak_bytes isa; do
    [ -n "$(number $key)" ] || fail "no $key"
done
[ "$(number model) $(number mode) $(number input) $(number batch)" = "mobilenet_v2 train 32 4" ] || fail "not what was asked"
[ "$(number threads) $(number steps)" = "1 3" ] || fail "not the threads and steps that were asked"
holds "$(number step_ms_min) > 0 && $(number step_ms_min) <= $(number step_ms_median)"
holds "($(number images_per_second) * $(number step_ms_median) / 4000 - 1) ^ 2 < 1e-6"
holds "$(number share_of_peak) > 0 && $(number share_of_peak) < 1"
holds "$(number peak_bytes) >= $(number plan_bytes)"
# Training counts three times forward, a multiply-add twice.
holds "(6 * $(number macs) * $(number images_per_second) / $(number peak_flops) / $(number share_of_peak) - 1) ^ 2 < 1e-6"
macs=$(number macs)
expect 0 count mobilenet_v2 -w 0.25 --input 32 --classes 10 --batch 4 --format csv
[ "$(number macs)" = "$macs" ] || fail "bench and count disagree on the multiply-adds"

# planned: bytes of the plan, of the JSON in the file stdout.
planned() {
    sed -n 's/.*"plan_bytes": *\([0-9]*\).*/\1/p' stdout
}
expect 0 bench $small --steps 2 --format json
all=$(planned)
expect 0 bench $small --steps 2 --recompute --format json
holds "0 < $(planned) && $(planned) < $all"
expect 2 bench $small --mode infer --recompute
said "--recompute saves memory in training"

expect 0 bench $small --mode infer --seconds 0.1 --stem-stride 1 --format json
grep -q '"mode": *"infer"' stdout || fail "inference is not said"
grep -q '"layers"' stdout && fail "layers without --layers"

# Every layer once, in all three forms; dropout and stochastic depth are off.
expect 0 count mobilenet_v2 -w 0.25 --input 32 --classes 10 --layers --format csv
layers=$(grep -cvE '^stage,|,dropout,|,drop_path,' stdout)
expect 0 bench $small --steps 2 --layers --format csv
[ "$(wc -l <stdout)" = $((layers + 1)) ] || fail "not $layers layers"
head -1 stdout | found '^stage,block,kind,name,height,width,channels,macs,forward_ms,' || fail "other columns"
expect 0 bench $small --steps 2 --layers --sort lost --format csv
awk -F, '{ sub(/\r$/, "") } NR == 1 { for (i = 1; i <= NF; i++) if ($i == "lost_ms") at = i; next }
    NR > 2 && $at > last { exit 1 } { last = $at }' stdout || fail "not in falling order of lost_ms"
expect 0 bench $small --steps 2 --layers
grep -q '^(outside) ' stdout || fail "no row for what no layer is"
grep -q 'GFLOP/s in products' stdout || fail "nothing said of the machine"
expect 0 bench $small --mode infer --steps 2 --layers --sort time --format json
for key in layers kinds machine forward_ms forward_share forward_bound own_gflops update_gbs images_per_second; do
    grep -q "\"$key\":" stdout || fail "no $key in JSON"
done
grep -q '"backward_ms": *null' stdout || fail "a time backward in inference"

# Rows in a database: a new one, one that has studies, and one of an older version.
expect 0 bench $small --steps 2 --db b.db
expect 0 bench $small --steps 2 --db b.db --mode infer
study s.yaml 1 '[0]'
expect 0 run s.yaml
expect 0 bench $small --steps 2 --db s.db
expect 0 status --db s.db
if command -v sqlite3 >/dev/null; then
    [ "$(sqlite3 b.db "SELECT group_concat(mode || ' ' || model || ' ' || batch || ' ' || threads, ',') FROM benchmark_result \
        WHERE share_of_peak > 0 AND images_per_second > 0")" = "train mobilenet_v2 4 1,infer mobilenet_v2 4 1" ] ||
        fail "the rows are not what was measured"
fi

expect 2 bench
said "MODEL"
expect 2 bench mobilnet_v2
said "mobilenet_v2"
expect 2 bench $small --mode fly
said 'there is no mode "fly"'
expect 2 bench $small --layers --sort size
said "order, time, lost"
expect 2 bench $small --sort lost
said "--layers"
expect 2 bench $small --batch 0
said "--batch is 0"
expect 2 bench $small --threads -1
said "--threads is -1"
expect 2 bench $small --steps -3
said "--steps is -3"
expect 2 bench $small --seconds 0
said "--seconds is 0"
expect 2 bench $small --steps 1 --db no/such/b.db
said "no/such/b.db"
echo text >text.db
expect 2 bench $small --steps 1 --db text.db
said "text.db is not a database"
