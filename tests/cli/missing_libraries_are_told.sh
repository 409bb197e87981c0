# Without OpenBLAS, libcurl or libarchive only commands that need them fail, and name the package.
. "$(dirname "$0")/common.bash"
mkdir broken
for library in libopenblas.so.0 libcurl.so.4 libarchive.so.13; do
    echo "no library" >broken/$library
done
export LD_LIBRARY_PATH=$PWD/broken
export SCALESTUDY_ISA=reference
study s.yaml 1 '[0]'
small="mobilenet_v2 -w 0.25 --input 32 --threads 1"

expect 0 --version
grep -q "no OpenBLAS" stdout || fail "the version names: $(cat stdout)"
# shellcheck disable=SC2086
expect 1 bench $small --seconds 0.1
said "libopenblas0-pthread"
expect 3 run s.yaml --workers 1 --threads 1
expect 0 jobs --db s.db
grep -q "libopenblas0-pthread" stdout || fail "jobs do not say why: $(cat stdout)"
expect 1 doctor --no-measuring
grep -q "^problem *products .*libopenblas" stdout || fail "doctor says nothing of OpenBLAS: $(cat stdout)"
grep -q "^warning *downloads .*libcurl4" stdout || fail "doctor says nothing of libcurl"
grep -q "^warning *archives .*libarchive13" stdout || fail "doctor says nothing of libarchive"

expect 1 data fetch cifar10 --root set --from "$PWD/s.yaml"
said "libarchive13"
rm broken/libarchive.so.13
expect 1 data fetch cifar10 --root set --from http://127.0.0.1:9/cifar.tgz
said "libcurl4"

# Where the program has kernels of its own for the processor, it does without OpenBLAS.
unset SCALESTUDY_ISA
expect 0 --version
"$program" doctor --no-measuring --format csv >stdout 2>stderr || fail "doctor ended with $?"
if ! grep -q '^instructions,warning,.*reference' stdout; then
    # shellcheck disable=SC2086
    expect 0 bench $small --seconds 0.1
fi
