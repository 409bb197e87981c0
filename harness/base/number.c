/* Reading counts such as 600M, and writing the shortest text that reads back as the same number. */
#include "number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static double unit_of(char suffix)
{
    switch (suffix) {
    case 'K':
    case 'k':
        return 1e3;
    case 'M':
        return 1e6;
    case 'B':
    case 'G':
        return 1e9;
    case 'T':
        return 1e12;
    default:
        return 0;
    }
}

bool number_parse_count(const char *text, double *value)
{
    char digits[64];
    size_t length = strlen(text);
    double unit, number;

    if (length == 0 || length >= sizeof(digits))
        return false;
    memcpy(digits, text, length + 1);
    unit = unit_of(text[length - 1]);
    if (unit > 0)
        digits[length - 1] = '\0';
    else
        unit = 1;
    if (!str_to_double(digits, &number) || !isfinite(number * unit))
        return false;
    *value = number * unit;
    return true;
}

void number_add_shortest(struct str *to, double value)
{
    char text[40];

    /* Any decimal of up to 15 digits survives a double, so that 15 find every shorter one too. */
    for (int precision = 15; precision <= 17; precision++) {
        snprintf(text, sizeof(text), "%.*g", precision, value);
        if (strtod(text, NULL) == value)
            break;
    }
    str_add(to, text);
}
