# A proxy is used where one is named; a server that cannot prove who it is, or a file that has no room, is refused.
. "$(dirname "$0")/common.bash"
. "$(dirname "$0")/fetch.bash"
mkdir served
make_set birds 10
tar czf served/birds.tgz birds
serve served

http_proxy=$server expect 0 data fetch folder --from http://birds.invalid/ok/birds.tgz --root proxied
same birds proxied || fail "not the same files through a proxy"
grep -q "^/ok/birds.tgz" requests || fail "the proxy was not asked"

expect 1 data fetch folder --from "$server/huge/birds.tgz" --root huge --retries 1
said "more than the 200000000000 that are allowed"
expect 1 data fetch folder --from "$server/huge/birds.tgz" --root huge --retries 1 --max-size 1000000G
said "make room"
[ ! -e huge ] || fail "something is under the name of what has no room"

# A disk that fills up keeps what it has, and the same command goes on.
(
    ulimit -f 8
    expect 1 data fetch folder --from "$server/ok/birds.tgz" --root full
    said "8192 bytes are kept"
)
[ ! -e full ] || fail "something is under the name of what had no room"
expect 0 data fetch folder --from "$server/ok/birds.tgz" --root full
same birds full || fail "not the same files after a full disk"
grep -q "bytes=8192-" requests || fail "what was kept was not gone on with"

expect 2 data fetch imagenet
said "image-net.org"
expect 2 data fetch cars
said "taken it off the web"
expect 2 data fetch mnist --checksum "$(printf '%064d' 0)"
said "but mnist has 4"

command -v openssl >/dev/null || exit 0
openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=127.0.0.1 -days 2 -keyout key -out cert 2>/dev/null
cat key cert >pem
rm port
python3 "$here/bad_server.py" served port tls pem &
tls_pid=$!
trap 'kill $server_pid $tls_pid 2>/dev/null; wait 2>/dev/null || true' EXIT
wait_until "the second server's port" test -s port
expect 1 data fetch folder --from "https://127.0.0.1:$(cat port)/ok/birds.tgz" --root tls --retries 1 --wait 0.01
said "certificate"
[ ! -s tls ] || fail "a file was asked of a server that nobody vouches for"
