/* Shared by the files behind file.h. */
#ifndef SCALESTUDY_BASE_FILE_PRIVATE_H
#define SCALESTUDY_BASE_FILE_PRIVATE_H

/* What a file of that mode (stat's st_mode) is, with its article; for messages. */
const char *file_kind_name(unsigned mode);

#endif
