# For the tests of `data fetch`: an archive of a small set, and a server that misbehaves. Sourced after common.bash.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
command -v python3 >/dev/null || { echo "there is no python3 for a server to fetch from"; exit 77; }
export XDG_CACHE_HOME=$PWD/cache
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY no_proxy

# make_set FOLDER [KB]: two classes of images in both splits, and that much noise beside them.
make_set() {
    local split class
    for split in train test; do
        for class in cat dog; do
            mkdir -p "$1/$split/$class"
            cp "$here/../data/files/colour.png" "$1/$split/$class/a.png"
            cp "$here/../data/files/grey.jpg" "$1/$split/$class/b.jpg"
        done
    done
    head -c "$((${2:-300} * 1000))" /dev/urandom >"$1/noise.bin"
}

# serve FOLDER: the server, until the script ends; its address is in $server.
serve() {
    python3 "$here/bad_server.py" "$1" port requests &
    server_pid=$!
    trap 'kill $server_pid 2>/dev/null; wait $server_pid 2>/dev/null || true' EXIT
    wait_until "the server's port" test -s port
    server=http://127.0.0.1:$(cat port)
}

fetch() {
    "$program" data fetch folder --wait 0.01 "$@"
}

# same A B: the same files in both, but for the list that fetch writes.
same() {
    diff -r -x .scalestudy-files "$1" "$2" >&2
}
