# Time and memory of tasks are those of the plan's estimate with a margin, and jobs of like need go into one array: a job
# that takes hours asks for hours, beside one of seconds. Where nothing may be measured, nothing is.
. "$(dirname "$0")/common.bash"

mkdir bin
printf '#!/bin/sh\necho 1\n' >bin/sbatch
printf '#!/bin/sh\nexit 0\n' >bin/squeue
printf '#!/bin/sh\nprintf "Configuration\\nMaxArraySize = 1001\\nMaxJobCount = 50000\\n"\n' >bin/scontrol
chmod +x bin/*
export PATH=$PWD/bin:$PATH

cat >s.yaml <<'END_OF_STUDY'
name: needs
data: {name: shapes, train_images: 100000, test_images: 100}
recipe: {epochs: 1, batch: 64}
seeds: [0, 1]
models:
  - base: mobilenet_v2
    input: 8
    variant: {width: 0.25}
    scalings: [{method: baseline}]
  - base: mobilenet_v2
    input: 32
    variant: {width: 0.25}
    recipe: {epochs: 200}
    scalings: [{method: baseline}]
END_OF_STUDY
expect 0 plan s.yaml --format csv
# Twice the longest job and ten minutes, at least.
least=$(awk -F, 'NR == 1 { for (at = 1; $at != "seconds"; at++); next } $at > most { most = $at + 0 }
    END { print int((2 * most + 600) / 60) }' stdout)
[ "$least" -gt 60 ] || fail "the study is no test: its longest job asks for $least minutes"
expect 0 submit s.yaml --pack-seconds 0 --format csv
! grep -q measuring stderr || fail "submit measured again what plan had measured"
awk -F, -v least="$least" '
    NR == 1 { for (i = 1; i <= NF; i++) { sub(/\r$/, "", $i); at[$i] = i } next }
    { minutes[NR] = $at["minutes"] + 0; megabytes[NR] = $at["megabytes"] + 0; jobs += $at["jobs"] }
    END {
        if (NR != 3 || jobs != 4) { print "not two arrays of two jobs each"; exit 1 }
        if (minutes[2] < least || minutes[2] > 10080) { print "the long jobs ask for " minutes[2] " minutes"; exit 1 }
        if (minutes[3] >= minutes[2]) { print "the short jobs ask for as much"; exit 1 }
        # 307 MB of decoded images are kept in memory, besides what the engine needs.
        if (megabytes[2] < 660 || megabytes[3] >= megabytes[2]) { print "memory is not by need"; exit 1 }
    }' stdout || fail "$(cat stdout)"
mkdir cache.2
XDG_CACHE_HOME=$PWD/cache.2 expect 0 submit s.yaml --run guess.run --no-estimate --format csv
[ -z "$(find cache.2 -name speed.tsv)" ] || fail "something was measured"
XDG_CACHE_HOME=$PWD/cache.2 expect 0 submit s.yaml --run told.run --time 30 --pack-seconds 0
! grep -q measuring stderr || fail "it measured what nobody asks for"
