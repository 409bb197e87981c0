# Whatever slurmrestd does, submit says what happened and what helps, and sends nothing twice: it is not there, answers
# with 500, with garbage, with 200 and errors, refuses the token, or hangs. A token that others can read is refused.
. "$(dirname "$0")/common.bash"

command -v perl >/dev/null || { echo "no perl to pretend a slurmrestd with"; exit 77; }
# A server that answers every call with the file `answer`, or not at all, and questions for its versions with `versions`
# if there is one; writes its port and the calls down.
cat >server <<'END'
use IO::Socket::INET;
$SIG{TERM} = sub { exit 0 };
my $s = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 5, ReuseAddr => 1) or die;
open(my $p, '>', 'port.tmp'); print $p $s->sockport; close $p; rename 'port.tmp', 'port';
while (my $c = $s->accept) {
    my $line = <$c>; open(my $l, '>>', 'calls'); print $l $line; close $l;
    while (my $h = <$c>) { last if $h =~ /^\r?$/; open(my $t, '>>', 'headers'); print $t $h; close $t; }
    my $file = $line =~ /openapi/ && -e 'versions' ? 'versions' : 'answer';
    open(my $a, '<', $file); local $/; my $answer = <$a>; close $a;
    if ($answer =~ /^hang/) { push @kept, $c; next; }
    print $c $answer; close $c;
}
END
perl server &
server=$!
trap 'kill $server' EXIT
wait_until "the server" test -e port
url=http://127.0.0.1:$(cat port)
printf 'launcher: rest\nurl: %s\ntoken_file: token\nanswer_seconds: 1\n' "$url" >cluster.yaml
study s.yaml 1 '[0]'
echo secret-token >token
chmod 644 token
expect 2 submit s.yaml --cluster cluster.yaml
said "others may read the token"
chmod 600 token

answer() {
    printf 'HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s' "$1" ${#2} "$2" >answer
}
refused() {
    expect "$1" submit s.yaml --cluster cluster.yaml
    said "$2"
    said "nothing was sent"
    ! grep -q secret-token stderr || fail "the token is in a message"
}
answer '500 Internal Server Error' '{"errors":[{"error":"the database is on fire"}]}'
refused 1 "status 500: the database is on fire"
answer '500 Internal Server Error' 'oops'
refused 1 "it gave no reason"
answer '200 OK' '<html>garbage'
refused 1 "no JSON"
answer '200 OK' '{"jobs":[],"errors":[{"error":"Unable to contact slurm controller"}]}'
refused 1 "Unable to contact slurm controller"
answer '200 OK' '{"something":"else"}'
refused 2 "speaks none of the versions"
answer '200 OK' '{"paths":{"/slurm/v0.0.38/jobs/":{}}}'
mv answer versions
answer '200 OK' '{"something":"else"}'
refused 1 "without a list of jobs"
rm versions
answer '401 Unauthorized' 'Authentication failure'
refused 2 "wrong or expired"
echo hang >answer
refused 1 "did not answer within 1 seconds"
grep -q 'X-SLURM-USER-TOKEN: secret-token' headers || fail "the token was not sent"
! grep -q '^POST' calls || fail "something was sent"
[ -z "$(ls s.run/submissions)" ] || fail "a submission was written down"
! grep -r secret-token s.run || fail "the token is in the run folder"

sed -i 's,url:.*,url: http://127.0.0.1:1,' cluster.yaml
refused 1 "Unable to contact slurmrestd"
expect 2 submit s.yaml --via rest
said "where is slurmrestd"
expect 2 submit s.yaml --via rest --url ftp://x
expect 2 submit s.yaml --via rest --url http://127.0.0.1:1
said 'needs a token'
