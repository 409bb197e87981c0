# doctor finds what is there and what is missing, says what to do, and fails only where `run` would.
. "$(dirname "$0")/common.bash"
here=$PWD
mkdir place bin

# finding CHECK STATE WORDS: of the last output, which is CSV.
finding() {
    grep -E "^\"?$1\"?,$2," stdout | found -F -- "$3" || fail "no $2 '$1' that says '$3' in: $(cat stdout)"
}
search=$PATH
doctor() { # doctor STATUS ARGUMENT...: in the folder place, with programs found in $search
    local wanted=$1 status=0
    shift
    (cd place && PATH=$search exec "$program" doctor --format csv "$@") >stdout 2>stderr || status=$?
    [ $status = "$wanted" ] || fail "doctor $* ended with $status, not $wanted"
}

doctor 0
for check in program products "matrix products" "memory speed" processor cores memory fsync locale terminal; do
    grep -q "^$check," stdout || fail "nothing about $check"
done
finding database ok "can be used here"
finding datasets ok shapes
[ -z "$(ls -A place)" ] || fail "it leaves files behind: $(ls -A place)"
[ ! -e cache ] || fail "it makes the cache"
mkdir -p cache/scalestudy/data/cifar10
doctor 0 --no-measuring
grep -qE "matrix products|memory speed" stdout && fail "--no-measuring measures"
finding datasets ok "shapes, cifar10"

# For people a line each, and for programs JSON with the four keys.
expect 0 doctor --no-measuring place
grep -qE '^ok +database +SQLite' stdout || fail "no line about the database"
expect 0 doctor --no-measuring --format json
grep -q '"check": "folder", "state": "ok", "found": ".", "advice": null' stdout || fail "not the keys: $(cat stdout)"

# Programs that are missing, or too old, or there.
search=$here/bin
doctor 0 --no-measuring
finding gnuplot warning "install gnuplot-nox"
finding font warning "fonts-dejavu-core"
finding Slurm ok "sbatch is not found"
prints() { # prints NAME LINE: a program
    printf '#!/bin/sh\necho "%s"\n' "$2" >bin/"$1"
    chmod +x bin/"$1"
}
prints gnuplot "gnuplot 4.6 patchlevel 0"
prints sbatch "slurm-wlm 22.05.8"
prints fc-match "Nimbus Sans"
doctor 0 --no-measuring
finding gnuplot warning "4.6"
finding Slurm ok "slurm-wlm 22.05.8"
finding font warning "Nimbus Sans in place of DejaVu Sans"
# shellcheck disable=SC2016
printf '#!/bin/sh\n[ "$1" = --version ] && echo gnuplot 6.0\n' >bin/gnuplot
doctor 0 --no-measuring
finding gnuplot warning "without cairo"
search=$PATH

# What the environment forces.
SCALESTUDY_ISA=reference OPENBLAS_CORETYPE=Nehalem OMP_NUM_THREADS=7 LC_ALL=xx_XX doctor 0 --no-measuring
finding instructions warning "reference, by SCALESTUDY_ISA=reference"
finding "OpenBLAS core" warning "by OPENBLAS_CORETYPE=Nehalem"
finding threads ok "OMP_NUM_THREADS"
finding locale warning "does not exist"
LC_ALL=C doctor 0 --no-measuring
finding locale warning "LC_ALL=C.UTF-8"

# Places that cannot be written to: the cache and temporary files are warnings, the folder is a problem, in which run
# fails too. Nobody can make files below a file, or in /proc, as root neither.
: >file
XDG_CACHE_HOME=$here/file/cache TMPDIR=/proc doctor 0 --no-measuring
finding cache warning "set XDG_CACHE_HOME"
finding "temporary files" warning "set TMPDIR"
doctor 1 --no-measuring "$here/nowhere"
finding folder problem "is not a folder"
said "1 problem would make \`run\` fail here"
doctor 1 --no-measuring /proc
finding folder problem "cannot write to /proc"
study s.yaml 1 '[0]'
expect 1 run s.yaml --db /proc/s.db
expect 2 doctor --no-such
expect 2 doctor a b
