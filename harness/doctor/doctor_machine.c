/* The processor, what products and memory reach on it, and what its kernel's calls cost. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "harness/base/clock.h"
#include "harness/system/cpu.h"
#include "harness/system/file.h"
#include "doctor.h"
#include "harness/terminal/ui.h"
#include "workloads/workload.h"

#define LEAST_MEMORY ((uint64_t)512 << 20)
#define FAULT_BYTES  ((size_t)32 << 20)
#define FAULT_SLOW   2e-6 /* seconds; usual is 0.1 to 0.5 us a page */
#define CALL_SLOW    0.7e-6
#define CALLS        20000
#define ROUND        200 /* of faults or calls; the best one counts, since others use the machine too */

static void look_at_processor(struct doctor *doctor)
{
    const char *forced = getenv("SCALESTUDY_ISA"), *isa = workload_isa();
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    double load;
    char name[128];

    cpu_name(name, sizeof(name));
    doctor_find(doctor, "processor", DOCTOR_OK, NULL, "%s", name);
    if (cpu_count() < online)
        doctor_find(doctor, "cores", DOCTOR_OK,
            "CPU affinity or a cgroup's quota limits this process to fewer cores than the machine "
            "has.",
            "%d of %ld", cpu_count(), online);
    else
        doctor_find(doctor, "cores", DOCTOR_OK, NULL, "%d", cpu_count());
    if (forced)
        doctor_find(doctor, "instructions", DOCTOR_WARNING,
            "SCALESTUDY_ISA sets them; unset it to use the fastest.", "%s, by SCALESTUDY_ISA=%.40s",
            isa, forced);
    else if (strcmp(isa, "reference") == 0)
        doctor_find(doctor, "instructions", DOCTOR_WARNING,
            "There are no fast kernels for this processor: training takes several times as long.",
            "reference");
    else
        doctor_find(doctor, "instructions", DOCTOR_OK, NULL, "%s", isa);
    if (getloadavg(&load, 1) == 1 && load > 0.5 * cpu_count())
        doctor_find(doctor, "load", DOCTOR_WARNING,
            "Other programs use this machine: times and estimates measured now will be wrong.",
            "%.1f on %d cores", load, cpu_count());
    else
        doctor_find(doctor, "load", DOCTOR_OK, NULL, "%.1f on %d cores", load, cpu_count());
}

static bool is_old(const char *core)
{
    static const char *const old[] = {"Prescott", "Core2", "Penryn", "Dunnington", "Nehalem",
        "Sandybridge", "Atom", "Opteron", "Barcelona", "Bobcat", "generic", NULL};

    for (int i = 0; old[i]; i++)
        if (strncmp(core, old[i], strlen(old[i])) == 0)
            return true;
    return false;
}

static void look_at_blas(struct doctor *doctor)
{
    const char *forced = getenv("OPENBLAS_CORETYPE");
    struct err missing = {0};
    const char *blas = workload_blas(&missing);
    char core[DOCTOR_CORE_BYTES];

    if (!blas)
        return;
    doctor_blas_core(blas, core);
    if (!core[0])
        doctor_find(doctor, "OpenBLAS core", DOCTOR_WARNING,
            "Another BLAS may be slow: install libopenblas0-pthread, which the program is made "
            "for.",
            "%.100s names none", blas);
    else if (forced && forced[0])
        doctor_find(doctor, "OpenBLAS core", DOCTOR_WARNING,
            "OPENBLAS_CORETYPE sets it: unset it, unless you reproduce the results of another "
            "machine.",
            "%s, by OPENBLAS_CORETYPE=%.40s", core, forced);
    else if (is_old(core) && strcmp(cpu_isa(), "reference") != 0)
        doctor_find(doctor, "OpenBLAS core", DOCTOR_WARNING,
            "OpenBLAS does not know this processor and uses kernels of an older one: "
            "OPENBLAS_CORETYPE=Haswell (or SkylakeX with AVX-512) is faster.",
            "%s, though the processor has %s", core, cpu_isa());
    else
        doctor_find(doctor, "OpenBLAS core", DOCTOR_OK, NULL, "%s", core);
}

static void look_at_threads(struct doctor *doctor)
{
    if (getenv("OMP_NUM_THREADS") || getenv("OPENBLAS_NUM_THREADS"))
        doctor_find(doctor, "threads", DOCTOR_OK,
            "The program starts its own threads; --threads and --workers set how many.",
            "%d; OMP_NUM_THREADS and OPENBLAS_NUM_THREADS have no effect", cpu_count());
    else
        doctor_find(
            doctor, "threads", DOCTOR_OK, NULL, "%d, unless --threads is given", cpu_count());
}

/* "MemAvailable:  22334455 kB"; 0 if it cannot be read. */
static uint64_t available_memory(void)
{
    static const char key[] = "MemAvailable:";
    FILE *file = fopen("/proc/meminfo", "r");
    long long kilobytes = 0;
    char line[128];

    while (file && fgets(line, sizeof(line), file)) {
        char *number = line + strlen(key);

        if (!str_starts_with(line, key))
            continue;
        number += strspn(number, " ");
        number[strspn(number, "0123456789")] = '\0';
        if (!str_to_int64(number, &kilobytes))
            kilobytes = 0;
        break;
    }
    if (file)
        fclose(file);
    return (uint64_t)kilobytes * 1024;
}

static void look_at_memory(struct doctor *doctor)
{
    uint64_t all = cpu_memory_bytes(), free_now = available_memory();
    char a[UI_SIZE_BYTES], b[UI_SIZE_BYTES];

    ui_size((int64_t)all, a);
    ui_size((int64_t)(free_now < all || !all ? free_now : all), b);
    if (free_now > 0 && free_now < LEAST_MEMORY)
        doctor_find(doctor, "memory", DOCTOR_WARNING,
            "Only small networks fit: `count MODEL --batch N` shows how much a network needs; a "
            "smaller batch, `micro_batch` and `train --recompute` reduce it.",
            "%s, of which %s are free", a, b);
    else
        doctor_find(doctor, "memory", DOCTOR_OK, NULL, "%s, of which %s are free", a, b);
}

static void measure_peaks(struct doctor *doctor)
{
    struct machine_peak peak = {0};
    struct err err = {0};
    char read[UI_SIZE_BYTES], copy[UI_SIZE_BYTES];

    if (workload_machine_peak(0, doctor->seconds, &peak, &err) < 0) {
        doctor_find(
            doctor, "speed", DOCTOR_WARNING, "Free some memory and try again.", "%s", err.message);
        return;
    }
    if (peak.blas_flops > 0)
        doctor_find(doctor, "matrix products", DOCTOR_OK, NULL,
            "%.0f GFLOP/s by OpenBLAS, %.0f by the program's own kernels, of %d cores",
            peak.blas_flops / 1e9, peak.own_flops / 1e9, cpu_count());
    else
        doctor_find(doctor, "matrix products", DOCTOR_OK, NULL,
            "%.0f GFLOP/s by the program's own kernels, of %d cores", peak.own_flops / 1e9,
            cpu_count());
    doctor_find(doctor, "memory speed", DOCTOR_OK, NULL, "reads %s/s, copies %s/s",
        ui_size((int64_t)peak.read_bytes, read), ui_size((int64_t)peak.copy_bytes, copy));
}

static void measure_faults(struct doctor *doctor)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    volatile char *map =
        mmap(NULL, FAULT_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    double best = 1;

    if ((void *)(uintptr_t)map == MAP_FAILED)
        return;
    madvise((void *)(uintptr_t)map, FAULT_BYTES, MADV_NOHUGEPAGE);
    for (size_t at = 0; at < FAULT_BYTES;) {
        double start = clock_seconds(), each;
        size_t end = at + ROUND * page < FAULT_BYTES ? at + ROUND * page : FAULT_BYTES;
        size_t pages = (end - at + page - 1) / page;

        for (; at < end; at += page)
            map[at] = 1;
        each = (clock_seconds() - start) / (double)pages;
        best = each < best ? each : best;
    }
    munmap((void *)(uintptr_t)map, FAULT_BYTES);
    if (best > FAULT_SLOW)
        doctor_find(doctor, "page faults", DOCTOR_WARNING,
            "Allocating memory is slow here (a virtual machine or a sandbox): jobs start slowly; a "
            "few large jobs are better than many small ones.",
            "%.1f us each: %.1f s for each GB that a job uses", best * 1e6,
            best * 1e9 / (double)page);
    else
        doctor_find(doctor, "page faults", DOCTOR_OK, NULL, "%.2f us each", best * 1e6);
}

static void measure_calls(struct doctor *doctor)
{
    double best = 1;

    for (int round = 0; round < CALLS / ROUND; round++) {
        double start = clock_seconds(), each;

        for (int i = 0; i < ROUND; i++)
            syscall(SYS_getppid);
        each = (clock_seconds() - start) / ROUND;
        best = each < best ? each : best;
    }
    if (best > CALL_SLOW)
        doctor_find(doctor, "system calls", DOCTOR_WARNING,
            "Reading many small files is slow here: `data pack` puts a dataset into one file.",
            "%.2f us each", best * 1e6);
    else
        doctor_find(doctor, "system calls", DOCTOR_OK, NULL, "%.2f us each", best * 1e6);
}

void doctor_look_at_machine(struct doctor *doctor)
{
    look_at_processor(doctor);
    look_at_blas(doctor);
    look_at_threads(doctor);
    look_at_memory(doctor);
    if (doctor->seconds <= 0)
        return;
    measure_peaks(doctor);
    measure_faults(doctor);
    measure_calls(doctor);
}
