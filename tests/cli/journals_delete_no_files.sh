# A rollback journal beside a database that names another file, or that no crash of ours left, is refused by every
# command, and the file that it names stays.
. "$(dirname "$0")/common.bash"

study s.yaml 1 '[0]'
expect 0 run s.yaml
expect 0 db check s.db
cp s.db sound.db
echo mine >victim.txt

# A journal that a crash leaves in the midst of a transaction: made where the database is not in WAL mode.
sqlite3 s.db 'PRAGMA journal_mode = DELETE' >stdout
sqlite3 s.db "PRAGMA cache_size = 1; BEGIN; UPDATE study SET text = 'half';
    CREATE TABLE half AS SELECT randomblob(3000) FROM job, job; UPDATE study SET name = 'half';" '.shell cp s.db half.db' \
    '.shell cp s.db-journal plain' >stdout
[ -s plain ] || fail "no journal was made"

# The plain journal, with the name of a super-journal at its end as SQLite writes it.
python3 - "$PWD/victim.txt" <<'END'
import struct, sys
name = sys.argv[1].encode()
checksum = sum(name) & 0xffffffff
open("super", "wb").write(open("plain", "rb").read() + struct.pack(">I", 0x40000000 // 4096 + 1) + name
    + struct.pack(">II", len(name), checksum) + bytes.fromhex("d9d505f920a163d7"))
END

for journal in super plain; do
    for look in status jobs "db check" "run s.yaml --db" "db vacuum"; do
        cp sound.db s.db
        cp $journal s.db-journal
        # shellcheck disable=SC2086
        case $look in
        status | jobs) set -- $look --db s.db ;;
        *) set -- $look s.db ;;
        esac
        status=0
        "$program" "$@" >stdout 2>stderr || status=$?
        [ -e victim.txt ] || fail "$look deletes the file that a journal names"
        [ $status = 2 ] || fail "$look ended with $status, not 2"
        cmp -s sound.db s.db || fail "$look changes the database"
        said s.db-journal
    done
done

# What is of a file that does not write ahead yet is rolled back, as before.
cp half.db s.db
cp plain s.db-journal
expect 0 db check s.db
rm -f s.db-*
cp half.db s.db
cp super s.db-journal
expect 2 db check s.db
[ -e victim.txt ] || fail "db check deletes the file that a journal names"

# So is the change to the write-ahead log, which had written the only page that it writes.
python3 - <<'END'
import struct
whole = bytearray(open("sound.db", "rb").read())
size, page = struct.unpack(">H", whole[16:18])[0], whole[:4096]
assert size == 4096 and page[18] == page[19] == 2
page[18] = page[19] = 1
checksum = (7 + sum(page[i] for i in range(size - 200, 0, -200))) & 0xffffffff
header = bytes.fromhex("d9d505f920a163d7") + struct.pack(">5I", 1, 7, len(whole) // size, 512, size)
open("change", "wb").write(header.ljust(512, b"\0") + struct.pack(">I", 1) + page + struct.pack(">I", checksum))
END
cp sound.db s.db
cp change s.db-journal
expect 0 run s.yaml
expect 0 db check s.db
[ ! -e s.db-journal ] || fail "the change to the write-ahead log is not rolled back"
