#!/bin/sh
# packages.sh build|run|test|check|slurm: see that the Debian packages for that are there. PACKAGES says what is done about
# those that are missing: install (as root or by sudo, where that is possible), ask (say which line to type, and fail; the
# default), skip (do not look).
set -eu
build="libopenblas-dev libsqlite3-dev libssl-dev libyaml-dev libjansson-dev libjpeg62-turbo-dev libspng-dev \
    libcurl4-openssl-dev libarchive-dev zlib1g-dev"
run="gnuplot-nox fonts-dejavu-core"
test="libcmocka-dev sqlite3 python3"
check="clang clang-format"
slurm="slurm-wlm slurmrestd slurm-wlm-jwt-plugin munge"
case ${1-} in
build) packages=$build ;;
run) packages="$build $run" ;;
test) packages="$build $run $test" ;;
check) packages="$build $run $test $check" ;;
slurm) packages="$slurm" ;;
*)
    echo "usage: packages.sh build|run|test|check|slurm" >&2
    exit 2
    ;;
esac
case ${PACKAGES:=ask} in
skip) exit 0 ;;
ask | install) ;;
*)
    echo "PACKAGES=$PACKAGES is none of install, ask, skip" >&2
    exit 2
    ;;
esac
if ! command -v dpkg-query >/dev/null 2>&1; then
    echo "This is not a Debian system, so packages are not looked for; what is needed, by Debian's names: $packages" >&2
    exit 0
fi
missing=
for package in $packages; do
    status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$status" = installed ] || missing="$missing $package"
done
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ]; then
    as_root=
elif command -v sudo >/dev/null 2>&1; then
    as_root=sudo
else
    as_root=unknown
fi
say_what_to_type() {
    echo "Debian packages are missing. Type this${1-}, then make again:" >&2
    echo "    ${2-}apt-get install$missing" >&2
    exit 1
}
[ "$as_root" != unknown ] || say_what_to_type " as root"
[ "$PACKAGES" = install ] || say_what_to_type " (or make deps)" "${as_root:+$as_root }"
[ -z "$as_root" ] || sudo -n true 2>/dev/null || say_what_to_type "" "sudo "
echo "Installing$missing"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
install_missing() {
    # shellcheck disable=SC2086
    $as_root apt-get install -y --no-install-recommends $missing >"$log" 2>&1
}
if ! install_missing && ! { $as_root apt-get update >"$log" 2>&1 && install_missing; }; then
    tail -n 15 "$log" >&2
    echo "The packages could not be installed. Type this, then make again:" >&2
    echo "    apt-get update && apt-get install$missing" >&2
    rm -f "$log"
    exit 1
fi
rm -f "$log"
