# `--cluster NAME` means one's own file or one that came with the program, never one of the folder where one happens to
# be, whose `setup` is run; a path does. submit says which file a name meant.
. "$(dirname "$0")/common.bash"

study s.yaml 1 '[0]'
mkdir -p configs/clusters clusters
for file in configs/clusters/lab.yaml configs/clusters/mine.yaml clusters/mine.yaml mine.yaml; do
    printf 'launcher: sbatch\nsetup: echo planted\nmax_array: 10\nmax_jobs: 10\n' >$file
done
dry() {
    expect "$1" submit s.yaml --db none.db --dry-run --no-estimate --cluster "$2"
    ! grep -q planted stdout || [ "${3:-}" = taken ] || fail "--cluster $2 takes a file of the current folder"
}
cp -r configs before
# Slurm is not here to ask: what matters is whose file it was.
mkdir bin
printf '#!/bin/bash\n' >bin/squeue
printf '#!/bin/bash\necho "\nMaxArraySize = 1001\nMaxJobCount = 50000"' | sed 's/echo/echo -e/' >bin/scontrol
chmod +x bin/*
export PATH=$PWD/bin:$PATH
dry 2 mine
said "there is no cluster 'mine'"
said "./mine.yaml"
dry 0 lab
grep -q 'the cluster lab is described by .*configs/clusters/lab.yaml' stderr || fail "submit does not say which file it took"
grep -q -- --nice=100 stdout || fail "lab is not the one that came with the program"
dry 0 ./mine.yaml taken
grep -q planted stdout || fail "a path is not taken"
dry 0 mine.yaml taken
dry 0 configs/clusters/mine.yaml taken

mkdir -p "$XDG_CONFIG_HOME/scalestudy/clusters"
printf 'launcher: sbatch\nsetup: echo own\nmax_array: 10\nmax_jobs: 10\n' >"$XDG_CONFIG_HOME/scalestudy/clusters/mine.yaml"
dry 0 mine
grep -q '^echo own$' stdout || fail "the user's own file is not taken"
grep -qF "$XDG_CONFIG_HOME/scalestudy/clusters/mine.yaml" stderr || fail "submit does not say which file it took"
(unset XDG_CONFIG_HOME; HOME=$PWD/home; export HOME; mkdir -p home/.config/scalestudy
    cp -r config/scalestudy/clusters home/.config/scalestudy/; dry 0 mine; grep -q '^echo own$' stdout) ||
    fail "~/.config is not looked into"

# Beside a program in a folder that others share, only what comes from whom the program comes from.
if [ "$(id -u)" = 0 ]; then
    mkdir -p shared/bin shared/configs/clusters
    cp "$program" shared/bin/scalestudy
    cp mine.yaml shared/configs/clusters/theirs.yaml
    chown 65534 shared/configs/clusters/theirs.yaml
    program=$PWD/shared/bin/scalestudy
    dry 2 theirs
    said "there is no cluster 'theirs'"
fi
diff -r configs before || fail "files of the user were changed"
