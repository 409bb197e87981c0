/*
 * Functions that nobody here may call, because each has a safe replacement. Every source is
 * compiled with this header included first (see the Makefile), after the system's own declarations.
 */
#ifndef SCALESTUDY_HARNESS_BASE_BANNED_H
#define SCALESTUDY_HARNESS_BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat sprintf vsprintf gets strncpy strncat strtok atoi atol atof       \
    asctime ctime gmtime localtime tmpnam mktemp system popen

#endif
