/* What `doctor` reads out of the words of libraries, programs and file systems. */
#include "tests/lib/test.h"

#include <string.h>

#include "harness/doctor/doctor.h"

static void test_doctor__versions_of_gnuplot_are_numbers(void **state)
{
    (void)state;
    assert_true(doctor_gnuplot_version("gnuplot 5.4 patchlevel 4") == 5.4);
    assert_true(doctor_gnuplot_version("gnuplot 4.6 patchlevel 0") == 4.6);
    assert_true(doctor_gnuplot_version("gnuplot 10.0") == 10);
    assert_true(doctor_gnuplot_version("gnuplot") < 0);
    assert_true(doctor_gnuplot_version("gnuplot patchlevel") < 0);
    assert_true(doctor_gnuplot_version("gnuplot 5.4.4.4") < 0);
    assert_true(doctor_gnuplot_version("bash: 5.4") < 0);
}

static void test_doctor__the_core_is_found_in_what_openblas_says(void **state)
{
    char core[DOCTOR_CORE_BYTES];

    (void)state;
    assert_string_equal(
        doctor_blas_core("OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH NO_AFFINITY SkylakeX "
                         "MAX_THREADS=64",
            core),
        "SkylakeX");
    assert_string_equal(
        doctor_blas_core("OpenBLAS 0.3.26 DYNAMIC_ARCH NO_AFFINITY Zen MAX_THREADS=8", core),
        "Zen");
    assert_string_equal(doctor_blas_core("OpenBLAS 0.3.10 NO_AFFINITY ZEN", core), "ZEN");
    assert_string_equal(
        doctor_blas_core("OpenBLAS 0.3.5 DYNAMIC_ARCH neoversen1 MAX_THREADS=64", core),
        "neoversen1");
    assert_string_equal(doctor_blas_core("OpenBLAS 0.3.21 MAX_THREADS=64", core), "");
    assert_string_equal(doctor_blas_core("", core), "");
}

static void test_doctor__counts_what_would_make_run_fail(void **state)
{
    static struct doctor doctor;

    (void)state;
    doctor_init(&doctor, ".", 0);
    doctor_find(&doctor, "one", DOCTOR_OK, NULL, "%d", 1);
    doctor_find(&doctor, "two", DOCTOR_WARNING, "do", "%s", "x");
    doctor_find(&doctor, "three", DOCTOR_PROBLEM, "do", "y");
    assert_int_equal(doctor.n, 3);
    assert_int_equal(doctor.problems, 1);
    assert_string_equal(doctor.findings[0].found, "1");
    for (int i = 0; i < 2 * DOCTOR_MOST; i++)
        doctor_find(&doctor, "more", DOCTOR_OK, NULL, "z");
    assert_int_equal(doctor.n, DOCTOR_MOST);
}
