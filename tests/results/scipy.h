/* What scipy computed, as make_scipy_reference.py recorded it. */
#ifndef SCALESTUDY_TESTS_RESULTS_SCIPY_H
#define SCALESTUDY_TESTS_RESULTS_SCIPY_H

#include "tests/lib/test.h"

#include <jansson.h>
#include <math.h>

/* A section of the file, which the caller drops with json_decref(). */
static inline json_t *scipy_section(const char *name)
{
    json_error_t error;
    json_t *all = json_load_file("tests/results/scipy_reference.json", 0, &error), *section;

    if (!all)
        fail_msg("%s", error.text);
    section = json_object_get(all, name);
    assert_true(json_is_array(section) || json_is_object(section));
    json_incref(section);
    json_decref(all);
    return section;
}

static inline double scipy_number(json_t *object, const char *key)
{
    json_t *value = json_object_get(object, key);

    assert_true(json_is_number(value));
    return json_number_value(value);
}

static inline double scipy_item(json_t *array, size_t i)
{
    assert_true(json_is_number(json_array_get(array, i)));
    return json_number_value(json_array_get(array, i));
}

/* Numbers of an array; the caller has room for `room`. */
static inline int scipy_numbers(json_t *object, const char *key, double *to, size_t room)
{
    json_t *array = json_object_get(object, key);
    size_t n = json_array_size(array);

    assert_true(n > 0 && n <= room);
    for (size_t i = 0; i < n; i++)
        to[i] = scipy_item(array, i);
    return (int)n;
}

static inline void scipy_near(double value, double expected, double relative)
{
    if (!(fabs(value - expected) <= relative * fmax(1, fabs(expected))))
        fail_msg("%.15g is not %.15g", value, expected);
}

#endif
