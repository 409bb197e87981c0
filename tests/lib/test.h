/* First include of every test file: cmocka and what it needs. How tests are found: discover.sh. */
#ifndef SCALESTUDY_TESTS_LIB_TEST_H
#define SCALESTUDY_TESTS_LIB_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
