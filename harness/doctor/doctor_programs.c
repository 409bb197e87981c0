/* Programs and libraries: what is there, in which version, and what does not work without. */
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "harness/system/libcurl.h"
#include "doctor.h"
#include "plots/draw/style.h"
#include "harness/system/subprocess.h"
#include "harness/terminal/ui.h"
#include "harness/version.h"
#include "workloads/data/formats/unpack.h"
#include "workloads/workload.h"

#define PATIENCE         20 /* seconds, for another program */
#define GNUPLOT_AT_LEAST 5.4

/* The first line that a program prints; false if there is none, or it fails. */
static bool first_line(const char *const *arguments, struct str *line)
{
    struct str errors = STR_INIT;
    struct err none = {0};
    int status = -1;
    bool ran;

    str_clear(line);
    ran = subprocess_run(arguments, NULL, PATIENCE, line, &errors, &status, &none) == 0 &&
          status == 0;
    str_release(&errors);
    if (line->length > 0)
        line->text[strcspn(line->text, "\r\n")] = '\0';
    return ran && line->text[0];
}

static void look_at_gnuplot(struct doctor *doctor)
{
    static const char *const version[] = {"gnuplot", "--version", NULL};
    static const char *const terminals[] = {
        "gnuplot", "-e", "set terminal pngcairo; set terminal pdfcairo; print 'fine'", NULL};
    struct str line = STR_INIT;
    struct str fine = STR_INIT, errors = STR_INIT;
    struct err none = {0};
    int status = -1;

    if (!first_line(version, &line))
        doctor_find(doctor, "gnuplot", DOCTOR_WARNING,
            "`plot` and the figures of `report` need it: install gnuplot-nox (Debian's package). "
            "`run` and tables do not.",
            "not found in PATH");
    else if (doctor_gnuplot_version(line.text) < GNUPLOT_AT_LEAST)
        doctor_find(doctor, "gnuplot", DOCTOR_WARNING,
            "Figures need version 5.4 or newer: install a newer gnuplot-nox.", "%s", line.text);
    else if (subprocess_run(terminals, NULL, PATIENCE, &fine, &errors, &status, &none) < 0 ||
             status != 0)
        doctor_find(doctor, "gnuplot", DOCTOR_WARNING,
            "Figures as .png and .pdf need a gnuplot with cairo, such as gnuplot-nox; .svg works.",
            "%s, without cairo's terminals", line.text);
    else
        doctor_find(doctor, "gnuplot", DOCTOR_OK, NULL, "%s", line.text);
    str_release(&line);
    str_release(&fine);
    str_release(&errors);
}

static void look_at_fonts(struct doctor *doctor)
{
    static const char *const match[] = {"fc-match", "-f", "%{family}\n", STYLE_FONT, NULL};
    struct str line = STR_INIT;

    if (!first_line(match, &line))
        doctor_find(doctor, "font", DOCTOR_WARNING,
            "It is unknown whether text in .png and .pdf fits: install fontconfig and "
            "fonts-dejavu-core.",
            "fc-match is not found, or finds no font");
    else if (!str_starts_with(line.text, STYLE_FONT))
        doctor_find(doctor, "font", DOCTOR_WARNING,
            "Text in .png and .pdf may be too wide: install fonts-dejavu-core.",
            "%.200s in place of " STYLE_FONT, line.text);
    else
        doctor_find(doctor, "font", DOCTOR_OK, NULL, "%.200s", line.text);
    str_release(&line);
}

static void look_at_slurm(struct doctor *doctor)
{
    static const char *const version[] = {"sbatch", "--version", NULL};
    struct str line = STR_INIT;

    if (first_line(version, &line))
        doctor_find(doctor, "Slurm", DOCTOR_OK, NULL, "%.200s", line.text);
    else
        doctor_find(doctor, "Slurm", DOCTOR_OK,
            "Many machines can share a study without it: use `submit --via hand`, then `work` on "
            "each.",
            "sbatch is not found");
    str_release(&line);
}

/* Those that are loaded when a command needs them. */
static void look_at_libraries(struct doctor *doctor)
{
    struct err no_blas = {0}, no_curl = {0}, no_archives = {0};
    const char *blas = workload_blas(&no_blas), *curl = libcurl_version(&no_curl),
               *archives = unpack_library(&no_archives);

    if (blas)
        doctor_find(doctor, "products", DOCTOR_OK, NULL, "%s", blas);
    else if (strcmp(workload_isa(), "reference") != 0)
        doctor_find(doctor, "products", DOCTOR_OK,
            "OpenBLAS is not needed here: the program's own kernels are used.", "%s",
            no_blas.message);
    else
        doctor_find(doctor, "products", DOCTOR_PROBLEM,
            "This processor needs OpenBLAS: install libopenblas0-pthread (Debian's package).", "%s",
            no_blas.message);
    if (curl)
        doctor_find(doctor, "downloads", DOCTOR_OK, NULL, "%s", curl);
    else
        doctor_find(doctor, "downloads", DOCTOR_WARNING,
            "`data fetch` and `submit --via rest` need it: install libcurl4 (Debian's package).",
            "%s", no_curl.message);
    if (archives)
        doctor_find(doctor, "archives", DOCTOR_OK, NULL, "%s", archives);
    else
        doctor_find(doctor, "archives", DOCTOR_WARNING,
            "`data fetch` needs it: install libarchive13 (Debian's package).", "%s",
            no_archives.message);
}

void doctor_look_at_programs(struct doctor *doctor)
{
    char full[VERSION_FULL_BYTES];

    version_full(full);
    doctor_find(doctor, "program", DOCTOR_OK, NULL, "scalestudy %s", full);
    look_at_libraries(doctor);
    look_at_gnuplot(doctor);
    look_at_fonts(doctor);
    look_at_slurm(doctor);
}

void doctor_look_at_terminal(struct doctor *doctor)
{
    const char *term = getenv("TERM");
    locale_t locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
    const char *encoding = locale ? nl_langinfo_l(CODESET, locale) : "unknown";

    if (!locale)
        doctor_find(doctor, "locale", DOCTOR_WARNING,
            "LC_ALL, LC_CTYPE or LANG names a locale that is not installed; C.UTF-8 always is.",
            "the environment's locale does not exist");
    else if (strcmp(encoding, "UTF-8") != 0)
        doctor_find(doctor, "locale", DOCTOR_WARNING,
            "Tables and plots in the terminal are written in UTF-8, and may look odd: set "
            "LC_ALL=C.UTF-8.",
            "the environment's encoding is %s", encoding);
    else
        doctor_find(doctor, "locale", DOCTOR_OK, NULL, "UTF-8");
    if (locale)
        freelocale(locale);
    doctor_find(doctor, "terminal", DOCTOR_OK, NULL, "%s, %d columns, %s, %s", term ? term : "none",
        ui_output_columns(),
        ui_output_is_live() ? "live" : "not live: progress is printed as lines",
        ui_output_has_colour() ? "colours" : "no colours");
}
