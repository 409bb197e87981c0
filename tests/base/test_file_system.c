/* Kinds of file systems by their numbers. */
#include "tests/lib/test.h"

#include "harness/system/file_system.h"

static void assert_kind(unsigned long type, const char *name, enum file_system_place place)
{
    const struct file_system *kind = file_system_of(type);

    assert_non_null(kind);
    assert_string_equal(kind->name, name);
    assert_int_equal(kind->place, place);
}

static void test_file_system_of__knows_what_people_have(void **state)
{
    (void)state;
    assert_kind(0xef53, "ext4", FILE_SYSTEM_DISK);
    assert_kind(0x9123683eUL, "Btrfs", FILE_SYSTEM_DISK);
    assert_kind(0x01021994, "tmpfs, which is memory", FILE_SYSTEM_MEMORY);
    assert_kind(0x6969, "NFS", FILE_SYSTEM_NETWORK);
    assert_kind(0x0bd00bd0, "Lustre", FILE_SYSTEM_NETWORK);
    assert_kind(0xff534d42UL, "CIFS", FILE_SYSTEM_NETWORK);
}

static void test_file_system_of__takes_a_number_with_its_sign(void **state)
{
    (void)state;
    assert_kind((unsigned long)-11317950L, "CIFS", FILE_SYSTEM_NETWORK);
}

static void test_file_system_of__does_not_guess(void **state)
{
    (void)state;
    assert_null(file_system_of(0x12345678));
}
