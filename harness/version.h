/* The program's version, as CHANGELOG.md names it, and what it was built from. */
#ifndef SCALESTUDY_HARNESS_VERSION_H
#define SCALESTUDY_HARNESS_VERSION_H

#define SCALESTUDY_VERSION "0.2.0"

/* Said by main.c, which alone is compiled anew at every commit: the git revision, static, as
 * "a1b2c3d4e5f6", with "-dirty" behind if sources were changed since; "" if they were no checkout. */
void version_built_from(const char *revision);

#define VERSION_FULL_BYTES 256
/* Version, revision and libraries, as every stored environment names them: "VERSION+ga1b2c3d4e5f6
 * (SQLite 3.40.1, libjpeg-turbo 2.1.5, libspng 0.7.3)". The library of matrix products is another
 * column. */
void version_full(char to[VERSION_FULL_BYTES]);

#endif
