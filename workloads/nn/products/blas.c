/* OpenBLAS, loaded at its first use and held to one thread. */
#include "blas.h"

#include <cblas.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "harness/system/late_library.h"

#define CALLS(X) X(cblas_sgemm) X(openblas_set_num_threads) X(openblas_get_config)

static struct {
    CALLS(LATE_POINTER)
} lib;

static const struct late_call calls[] = {CALLS(LATE_CALL){0}};

static struct late_library library = {
    .file = BLAS_FILE, /* the Makefile's BLAS */
    .package = "libopenblas0-pthread",
    .needed_for = "matrix products without AVX2",
    .calls = calls,
};

/* What it reads while it is loaded: its own, and that of builds on OpenMP. */
static const char *const variables[] = {"OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"};

#define N_VARIABLES (sizeof(variables) / sizeof(variables[0]))

static pthread_mutex_t opening = PTHREAD_MUTEX_INITIALIZER;
static atomic_bool is_ready;

/*
 * It starts its threads while it is loaded, as many as the variables say. Programs that are started
 * later get the environment as it was. Nets are made, and the library with them, before the threads
 * that might look at the environment: those that load images.
 */
static int load_with_one_thread(struct err *err)
{
    char *before[N_VARIABLES] = {NULL};
    int result;

    for (size_t i = 0; i < N_VARIABLES; i++) {
        const char *value = getenv(variables[i]);

        before[i] = value ? strdup(value) : NULL;
        setenv(variables[i], "1", 1);
    }
    result = late_library_open(&library, err);
    for (size_t i = 0; i < N_VARIABLES; i++) {
        if (before[i])
            setenv(variables[i], before[i], 1);
        else
            unsetenv(variables[i]);
        free(before[i]);
    }
    if (result == 0)
        lib.openblas_set_num_threads(1); /* where another program's preloading was first */
    return result;
}

int blas_open(struct err *err)
{
    int result = 0;

    if (atomic_load(&is_ready))
        return 0;
    pthread_mutex_lock(&opening);
    if (!atomic_load(&is_ready)) {
        result = load_with_one_thread(err);
        atomic_store(&is_ready, result == 0);
    }
    pthread_mutex_unlock(&opening);
    return result;
}

static void multiply_plainly(const struct blas_product *p)
{
    size_t lda = (size_t)p->lda, ldb = (size_t)p->ldb;
    size_t a_i = p->a_transposed ? 1 : lda, a_l = p->a_transposed ? lda : 1;
    size_t b_l = p->b_transposed ? 1 : ldb, b_j = p->b_transposed ? ldb : 1;

    for (int i = 0; i < p->m; i++)
        for (int j = 0; j < p->n; j++) {
            float *c = p->c + (size_t)i * (size_t)p->ldc + j, sum = 0;

            for (int l = 0; l < p->k; l++)
                sum += p->a[(size_t)i * a_i + (size_t)l * a_l] *
                       p->b[(size_t)l * b_l + (size_t)j * b_j];
            *c = p->add ? *c + sum : sum;
        }
}

void blas_multiply(const struct blas_product *p)
{
    struct err none = {0};

    if (blas_open(&none) < 0) {
        multiply_plainly(p);
        return;
    }
    lib.cblas_sgemm(CblasRowMajor, p->a_transposed ? CblasTrans : CblasNoTrans,
        p->b_transposed ? CblasTrans : CblasNoTrans, p->m, p->n, p->k, 1.0f, p->a, p->lda, p->b,
        p->ldb, p->add ? 1.0f : 0.0f, p->c, p->ldc);
}

const char *blas_library(struct err *err)
{
    return blas_open(err) < 0 ? NULL : lib.openblas_get_config();
}
