/* Loading a shared library, and finding its functions, at the first use. */
#include "late_library.h"

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

static pthread_mutex_t loading = PTHREAD_MUTEX_INITIALIZER;

static int load(const struct late_library *library, struct err *err)
{
    void *handle = dlopen(library->file, RTLD_NOW | RTLD_LOCAL);

    if (!handle)
        return err_set(err, ERR_IO,
            "the library that is needed for %s cannot be loaded (%.300s); Debian's package is %s",
            library->needed_for, dlerror(), library->package);
    for (const struct late_call *call = library->calls; call->name; call++) {
        void *function = dlsym(handle, call->name);

        if (!function)
            return err_set(err, ERR_IO,
                "the library that is needed for %s, %s, does not have %s; another version is "
                "needed, such as that of Debian's package %s",
                library->needed_for, library->file, call->name, library->package);
        memcpy(call->pointer, &function, sizeof(function));
    }
    return 0;
}

int late_library_open(struct late_library *library, struct err *err)
{
    int result = 0;

    if (atomic_load(&library->is_open))
        return 0;
    pthread_mutex_lock(&loading);
    if (!atomic_load(&library->is_open)) {
        result = load(library, err);
        atomic_store(&library->is_open, result == 0);
    }
    pthread_mutex_unlock(&loading);
    return result;
}
