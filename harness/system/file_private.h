/* Shared by the files behind file.h. */
#ifndef SCALESTUDY_HARNESS_SYSTEM_FILE_PRIVATE_H
#define SCALESTUDY_HARNESS_SYSTEM_FILE_PRIVATE_H

#include <stdbool.h>

/* What a file of that mode (stat's st_mode) is, with its article; for messages. */
const char *file_kind_name(unsigned mode);

/* Whether the path is one of dir_path (dir.h): a name right in a folder that this process holds
 * open. A link there is nobody's wish, and is not followed. */
#define FILE_HELD_PREFIX "/proc/self/fd/"
bool file_is_held(const char *path);

#endif
