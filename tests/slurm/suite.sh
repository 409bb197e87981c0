#!/bin/bash
# suite.sh SUITE PATTERNS: tests of this folder with the Slurm of another Debian release, such as trixie or sid, in a
# folder of its own below build/suites, which debootstrap makes the first time, from the mirror and through the proxy
# that this machine's own packages come from; MIRROR names another one. For root.
set -eu
suite=$1 patterns=${2:-rest_gives}
cd "$(dirname "$0")/../.."
root=$PWD/build/suites/$suite program=$(readlink -f "${SCALESTUDY:-build/scalestudy}")
[ "$(id -u)" = 0 ] || { echo "another Debian can be entered by root alone" >&2; exit 1; }
command -v debootstrap >/dev/null || { echo "apt-get install debootstrap" >&2; exit 1; }
packages=munge,slurmctld,slurmd,slurm-client,slurmrestd,slurm-wlm-jwt-plugin
packages+=,libopenblas0-pthread,libgfortran5,libsqlite3-0,libssl3t64,libyaml-0-2,libjansson4,libjpeg62-turbo,libspng0
packages+=,libcurl4t64,libarchive13t64,zlib1g,sqlite3,curl,procps,hostname
# Where the system's packages come from: not those of security alone, nor of others.
# shellcheck disable=SC2016
mirror_of_this_machine() {
    apt-get indextargets --format '$(LABEL) $(REPO_URI)' 'Created-By: Packages' 'Component: main' |
        awk '$1 == "Debian" && $2 ~ /^(http|https|ftp|file):/ { print $2; exit }'
}
if [ ! -e "$root/made" ]; then
    mirror=${MIRROR:-$(mirror_of_this_machine)}
    [ -n "$mirror" ] || { echo "apt names no mirror of Debian here: MIRROR=URL does" >&2; exit 1; }
    eval "$(apt-config shell proxy Acquire::http::Proxy)"
    # shellcheck disable=SC2154 # set by apt-config, if there is one
    [ -z "${proxy-}" ] || [ "$proxy" = DIRECT ] || export http_proxy="$proxy"
    rm -rf "$root"
    mkdir -p "$root"
    debootstrap --variant=minbase --include="$packages" "$suite" "$root" "$mirror" \
        >"$root.log" 2>&1 || { tail -n 5 "$root.log" >&2; exit 1; }
    touch "$root/made"
fi
# What is mounted goes with the process.
# shellcheck disable=SC2016
exec unshare -m bash -euc '
    root=$1 tree=$2 program=$3 patterns=$4
    mkdir -p "$root$tree"
    mount --bind "$tree" "$root$tree"
    mount --bind /dev "$root/dev"
    mount -t proc proc "$root/proc"
    mount -t tmpfs tmpfs "$root/tmp"
    cp /etc/hosts /etc/hostname "$root/etc"
    cd /
    exec chroot "$root" env PACKAGES=skip SCALESTUDY="$program" bash "$tree/tests/slurm/run.sh" "$patterns"' \
    _ "$root" "$PWD" "$program" "$patterns"
