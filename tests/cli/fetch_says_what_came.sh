# A web page or JSON in place of an archive is called that, a proxy that does not answer is named, HTTP:// is http, and a
# password in a URL stands in no message and in no file that is left.
. "$(dirname "$0")/common.bash"
. "$(dirname "$0")/fetch.bash"
mkdir served
make_set birds 10
tar czf served/birds.tgz birds
printf '<!DOCTYPE html>\n<html><title>Sign in</title></html>\n' >served/page.tgz
printf '{"error": "no such file"}\n' >served/message.tgz
serve served

# From a server, and from the user's disk: with a checksum and without.
for file in "page.tgz=a web page (HTML)" "message.tgz=is JSON"; do
    name=${file%%=*} words=${file#*=}
    for from in "$server/ok/$name" "served/$name"; do
        expect 2 data fetch folder --from "$from" --root set
        said "$words"
        status=0
        fetch --from "$from" --root set --checksum "$(printf '%064d' 0)" >stdout 2>stderr || status=$?
        [ $status != 0 ] || fail "$from is taken"
        said "$words"
        rm -rf set.part
    done
done

expect 0 data fetch folder --from "HTTP${server#http}/ok/birds.tgz" --root set
same birds set || fail "not the same files from HTTP://"

secret=s3cret
with_password="http://me:$secret@${server#http://}"
check_no_secret() {
    if grep -rF $secret stdout stderr ./*.part 2>/dev/null; then fail "the password is shown or kept"; fi
}
# Addresses that are signed are secrets, too.
for mode in missing long file circle; do
    status=0
    fetch --from "$server/$mode/birds.tgz?X-Amz-Signature=$secret&token=$secret#$secret" --root masked --retries 1 \
        >stdout 2>stderr || status=$?
    [ $status = 1 ] || fail "$mode ended with $status"
    check_no_secret
    said 'birds.tgz?X-Amz-Signature=***&token=***'
done
expect 0 data fetch folder --from "$server/drop/birds.tgz?token=$secret" --root signed --wait 0.01
same birds signed || fail "not the same files by a signed address"
check_no_secret
for mode in missing long file circle; do
    status=0
    fetch --from "$with_password/$mode/birds.tgz" --root masked --retries 1 >stdout 2>stderr || status=$?
    [ $status = 1 ] || fail "$mode ended with $status"
    check_no_secret
    said 'me:***@'
done
# What was kept of a file goes on from there, though the URL beside it is masked.
expect 0 data fetch folder --from "$with_password/drop/birds.tgz" --root dropped --wait 0.01
same birds dropped || fail "not the same files after breaks"
grep -q "bytes=[1-9]" requests || fail "it did not go on from where it was"
check_no_secret
expect 2 data fetch folder --from "ftp://me:$secret@host/birds.tgz" --root masked
check_no_secret

# Nothing listens at port 9 of this machine; the other name does not exist.
for proxy in 127.0.0.1:9 nobody.invalid:3128; do
    status=0
    http_proxy=http://me:$secret@$proxy fetch --from "$server/ok/birds.tgz" --root proxied --retries 1 >stdout 2>stderr ||
        status=$?
    [ $status = 1 ] || fail "fetching through a proxy that is not there ended with $status"
    # shellcheck disable=SC2016
    said "$proxy (\$http_proxy)"
    check_no_secret
done
