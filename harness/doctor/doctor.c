/* The findings of `doctor`, and the order in which it looks. */
#include "doctor.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/str.h"

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
