#include "doctor.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

void doctor_init(struct doctor *doctor, const char *folder, double seconds)
{
    doctor->folder = folder;
    doctor->seconds = seconds;
    doctor->n = doctor->problems = 0;
}

void doctor_find(struct doctor *doctor, const char *check, enum doctor_state state,
    const char *advice, const char *found, ...)
{
    struct doctor_finding *finding = &doctor->findings[doctor->n];
    va_list values;

    if (doctor->n == DOCTOR_MOST)
        return;
    doctor->n++;
    str_copy(finding->check, sizeof(finding->check), check);
    finding->state = state;
    finding->advice = advice;
    va_start(values, found);
    vsnprintf(finding->found, sizeof(finding->found), found, values);
    va_end(values);
    doctor->problems += state == DOCTOR_PROBLEM;
}

const char *doctor_bytes(uint64_t bytes, char to[DOCTOR_BYTES])
{
    static const char *const units[] = {"bytes", "KB", "MB", "GB", "TB", "PB"};
    double value = (double)bytes;
    int unit = 0;

    for (; value >= 1000 && unit < 5; unit++)
        value /= 1000;
    snprintf(to, DOCTOR_BYTES, "%.*f %s", unit > 0 && value < 100, value, units[unit]);
    return to;
}

const char *doctor_file_system(uint64_t magic, int *shared)
{
    /* <linux/magic.h>, and statfs(2); clusters' own from their sources. */
    static const struct {
        uint64_t magic;
        int shared;
        const char *name;
    } known[] = {
        {0xef53, 0, "ext4"},
        {0x58465342, 0, "XFS"},
        {0x9123683e, 0, "Btrfs"},
        {0x2fc12fc1, 0, "ZFS"},
        {0xf2f52010, 0, "F2FS"},
        {0x01021994, 0, "tmpfs, which is memory"},
        {0x794c7630, 0, "overlay"},
        {0x6969, 1, "NFS"},
        {0xff534d42, 1, "CIFS"},
        {0xfe534d42, 1, "SMB"},
        {0x517b, 1, "SMB"},
        {0x5346414f, 1, "AFS"},
        {0x00c36400, 1, "Ceph"},
        {0x0bd00bd0, 1, "Lustre"},
        {0x47504653, 1, "GPFS"},
        {0x19830326, 1, "BeeGFS"},
        {0x01161970, 1, "GFS2"},
        {0x7461636f, 1, "OCFS2"},
        {0x01021997, 1, "9P"},
        {0x65735546, 1, "FUSE, behind which may be a network"},
    };

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (known[i].magic == magic) {
            *shared = known[i].shared;
            return known[i].name;
        }
    *shared = 0;
    return NULL;
}

double doctor_gnuplot_version(const char *text)
{
    double version;
    char number[16];
    size_t length;

    if (!str_starts_with(text, "gnuplot "))
        return -1;
    text += strlen("gnuplot ");
    length = strspn(text, "0123456789.");
    if (length == 0 || length >= sizeof(number))
        return -1;
    memcpy(number, text, length);
    number[length] = '\0';
    return str_to_double(number, &version) ? version : -1;
}

/* "OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH NO_AFFINITY SkylakeX MAX_THREADS=64": the word that is
 * not all capitals. */
const char *doctor_blas_core(const char *description, char to[DOCTOR_CORE_BYTES])
{
    to[0] = '\0';
    while (*description) {
        size_t length = strcspn(description, " "), capitals = 0, letters = 0;

        for (size_t i = 0; i < length; i++) {
            letters += isalpha((unsigned char)description[i]) != 0;
            capitals += isupper((unsigned char)description[i]) != 0;
        }
        if (letters > 0 && length < DOCTOR_CORE_BYTES && strncmp(description, "OpenBLAS", 8) != 0 &&
            (capitals < letters || strncmp(description, "ZEN", 3) == 0)) {
            memcpy(to, description, length);
            to[length] = '\0';
        }
        description += length;
        description += strspn(description, " ");
    }
    return to;
}
