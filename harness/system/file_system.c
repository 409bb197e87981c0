/* The table of file systems by their magic numbers. */
#include "file_system.h"

#include <stddef.h>

static const struct file_system known[] = {
    {0xef53UL, FILE_SYSTEM_DISK, "ext4"},
    {0x58465342UL, FILE_SYSTEM_DISK, "XFS"},
    {0x9123683eUL, FILE_SYSTEM_DISK, "Btrfs"},
    {0x2fc12fc1UL, FILE_SYSTEM_DISK, "ZFS"},
    {0xf2f52010UL, FILE_SYSTEM_DISK, "F2FS"},
    {0x794c7630UL, FILE_SYSTEM_DISK, "overlay"},
    {0x01021994UL, FILE_SYSTEM_MEMORY, "tmpfs, which is memory"},
    {0x858458f6UL, FILE_SYSTEM_MEMORY, "ramfs, which is memory"},
    {0x6969UL, FILE_SYSTEM_NETWORK, "NFS"},
    {0xff534d42UL, FILE_SYSTEM_NETWORK, "CIFS"},
    {0xfe534d42UL, FILE_SYSTEM_NETWORK, "SMB"},
    {0x517bUL, FILE_SYSTEM_NETWORK, "SMB"},
    {0x5346414fUL, FILE_SYSTEM_NETWORK, "AFS"},
    {0x6b414653UL, FILE_SYSTEM_NETWORK, "AFS"},
    {0x73757245UL, FILE_SYSTEM_NETWORK, "Coda"},
    {0x00c36400UL, FILE_SYSTEM_NETWORK, "Ceph"},
    {0x0bd00bd0UL, FILE_SYSTEM_NETWORK, "Lustre"},
    {0x47504653UL, FILE_SYSTEM_NETWORK, "GPFS"},
    {0x19830326UL, FILE_SYSTEM_NETWORK, "BeeGFS"},
    {0xaad7aaeaUL, FILE_SYSTEM_NETWORK, "PanFS"},
    {0x20030528UL, FILE_SYSTEM_NETWORK, "OrangeFS"},
    {0x01161970UL, FILE_SYSTEM_NETWORK, "GFS2"},
    {0x7461636fUL, FILE_SYSTEM_NETWORK, "OCFS2"},
    {0x01021997UL, FILE_SYSTEM_NETWORK, "9P"},
    /* sshfs, GlusterFS and others */
    {0x65735546UL, FILE_SYSTEM_NETWORK, "FUSE, behind which may be a network"},
};

const struct file_system *file_system_of(unsigned long type)
{
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (known[i].type == (type & 0xffffffffUL))
            return &known[i];
    return NULL;
}
