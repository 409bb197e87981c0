# `status` and `cancel` of somebody's run folder send no token, ask no address that only the folder names, and read no
# file that it names. What the user gave to `submit`, or gives by options, works; and a token goes over no network in the
# clear, to no server that a redirection names, and to none whose certificate nobody vouches for.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.bash"
command -v python3 >/dev/null || { echo "no python3 to pretend a slurmrestd with"; exit 77; }
unset SLURM_JWT
program=$(realpath "$program")

servers=()
trap 'kill "${servers[@]}"' EXIT
python3 "$here/pretended_slurmrestd.py" 40 &
servers+=($!)
# Answers a call with a redirection to the server above, and keeps its headers; the same at a unix socket.
cat >redirect.py <<'END'
import http.server, os, socketserver, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        open(sys.argv[1] + ".calls", "a").write(self.path + "\n")
        self.send_response(302)
        self.send_header("Location", "http://localhost:" + sys.argv[2] + self.path)
        self.end_headers()
    def log_message(self, *_): pass
    def address_string(self): return ""
if sys.argv[1] == "socket":
    server = socketserver.UnixStreamServer("socket", Handler)
else:
    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
open(sys.argv[1] + ".port.tmp", "w").write(str(server.server_address[1]))
os.rename(sys.argv[1] + ".port.tmp", sys.argv[1] + ".port")
server.serve_forever()
END
wait_until "the server" test -s port
python3 redirect.py away "$(cat port)" &
servers+=($!)
python3 redirect.py socket 1 &
servers+=($!)
wait_until "the servers" test -s away.port -a -s socket.port
url=http://127.0.0.1:$(cat port)

study s.yaml 1 '[0]'
(umask 77; echo mine >token; echo precious >victim)
sha256sum victim token >files
asked() {
    [ ! -e "$1" ] || fail "$2"
}

# ---- one's own

printf 'launcher: rest\nurl: %s\ntoken_file: token\npack_seconds: 0\ntime: 10\n' "$url" >cluster.yaml
expect 0 submit s.yaml --db none.db --cluster ./cluster.yaml
grep -q '2 jobs sent' stderr || fail "submit sends nothing"
grep -q '^mine$' tokens || fail "the token is not sent to the address of the user's own file"
! grep -rE --exclude-dir=program 'mine|token"?: *"[^"]|[/"]token"' s.run || fail "the run folder has a token, or the name of its file"
[ "$(find state -type f | wc -l)" = 1 ] && [ -z "$(find state -type f -perm /077)" ] ||
    fail "what submit remembers is nothing, or others may read it"
! grep -r mine state || fail "the token itself is kept"
cp -r s.run sent.run
mkdir elsewhere
for command in status "cancel --where 1"; do
    rm -f tokens s.run/queue.tsv
    # shellcheck disable=SC2086
    (cd elsewhere && "$program" $command ../s.run >../stdout 2>../stderr) || fail "$command fails for who submitted"
    grep -q '^mine$' tokens || fail "$command does not send the token that submit was given"
done
grep -q '^DELETE' calls || fail "cancel takes nothing out of the queue"
expect 0 submit s.yaml --db none.db --run options.run --pack-seconds 0 --time 10 --via rest --url "$url" \
    --token-file token
grep -q '2 jobs sent' stderr || fail "submit with --token-file sends nothing"

# ---- somebody else's

export XDG_STATE_HOME=$PWD/reader
for address in "$url" "unix:$PWD/socket" "http://127.0.0.1:$(cat away.port)"; do
    for jwt in "" secret-jwt; do
        rm -rf copy.run calls tokens away.calls socket.calls
        cp -r sent.run copy.run
        rm -f copy.run/queue.tsv
        printf '{"launcher":"rest","url":"%s","token_file":"%s/victim","user":"x","answer_seconds":2}' "$address" "$PWD" \
            >copy.run/cluster.json
        [ -z "$jwt" ] || export SLURM_JWT=$jwt
        expect 0 status copy.run
        grep -q 'only the run folder names the slurmrestd at .*give --url' stderr || fail "status does not say what to do"
        grep -q 'token_file, which is ignored' stderr || fail "status does not say that the token_file is ignored"
        expect 1 cancel copy.run --where 1
        said "--url"
        unset SLURM_JWT
        for calls in calls tokens away.calls socket.calls; do
            asked $calls "a server that only the run folder names was asked ($address)"
        done
    done
done
sha256sum --status -c files || fail "a file of the reader was changed"
[ ! -e reader ] || [ -z "$(find reader -type f)" ] || fail "looking remembers something"

# By options, everything is the user's own; $SLURM_JWT goes where --url says.
expect 0 status copy.run --url "$url" --token-file token
grep -q '^mine$' tokens || fail "--url and --token-file of status are not used"
rm -f tokens copy.run/queue.tsv
SLURM_JWT=jwt expect 0 status copy.run --url "$url"
grep -q '^jwt$' tokens || fail "\$SLURM_JWT does not go to the address of --url"

expect 2 cancel --db none.db --where 1 --url "$url"
expect 2 status s.yaml --url "$url"
said "--url and --token-file are for run folders alone"

# ---- never in the clear, nor elsewhere

refused() {
    local words=$1
    shift
    rm -f tokens copy.run/queue.tsv
    expect 0 status copy.run "$@"
    grep -qF -- "$words" stderr || fail "it does not say: $words"
    asked tokens "the token went elsewhere"
    ! grep -q mine stdout stderr || fail "the token is in a message"
}
for clear in http://192.0.2.1:6820 http://localhost.example.org:1 http://127.0.0.1.example.org http://127.0.0.1@192.0.2.1:1; do
    refused 'gets no token' --url $clear --token-file token
done
refused 'status 302' --url "http://127.0.0.1:$(cat away.port)" --token-file token
[ -s away.calls ] || fail "the redirecting server was not asked"
if command -v openssl >/dev/null; then
    openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=127.0.0.1 -days 2 -keyout key -out cert 2>/dev/null
    cat key cert >pem
    : >requests
    python3 "$here/bad_server.py" . https.port requests pem 2>/dev/null &
    servers+=($!)
    wait_until "the https server" test -s https.port
    refused 'Unable to contact' --url "https://127.0.0.1:$(cat https.port)" --token-file token
    [ ! -s requests ] || fail "a server with a certificate of its own making was asked"
fi

# ---- which files are token files

mkfifo fifo
(umask 77; mkdir folder; echo mine >readable; chmod 640 readable; ln -s token link)
refused 'others may read the token' --url "$url" --token-file readable
refused 'ordinary file' --url "$url" --token-file fifo
refused 'a file is needed' --url "$url" --token-file folder
if [ "$(id -u)" = 0 ]; then
    cp token foreign
    chmod 600 foreign
    chown 65534 foreign
    refused 'belongs to somebody else' --url "$url" --token-file foreign
fi
rm -f copy.run/queue.tsv
expect 0 status copy.run --url "$url" --token-file link
grep -q '^mine$' tokens || fail "a link to one's own token is not followed"
sha256sum --status -c files || fail "a file of the reader was changed"
