/* Consequences of a study's recipes that are easy to overlook. */
#include "plan_remarks.h"

#include <string.h>

#include "harness/terminal/ui.h"

/* Both end in a newline. */
static bool has_line(const char *lines, const char *line, size_t length)
{
    for (const char *at = lines; *at; at = strchr(at, '\n') + 1)
        if (strncmp(at, line, length) == 0)
            return true;
    return false;
}

static void add_new(struct str *lines, const char *more)
{
    while (*more) {
        size_t length = (size_t)(strchr(more, '\n') - more) + 1;

        if (!has_line(lines->text, more, length))
            str_add_bytes(lines, more, length);
        more += length;
    }
}

static int plan_remarks(const struct plan *plan, struct str *lines, struct err *err)
{
    struct str of_net = STR_INIT;
    int result = 0;

    for (int i = 0; i < plan->n_nets && result == 0; i++) {
        const struct plan_net *net = &plan->nets[i];

        str_clear(&of_net);
        workload_train_remarks(&net->spec, net->recipe, plan->notes.train_images, true, &of_net);
        result = str_check(&of_net, err);
        if (result == 0)
            add_new(lines, of_net.text);
    }
    str_release(&of_net);
    return result < 0 ? -1 : str_check(lines, err);
}

int plan_say_remarks(const struct plan *plan, struct err *err)
{
    struct str lines = STR_INIT;
    int result = plan_remarks(plan, &lines, err);

    if (result == 0)
        ui_say_lines(lines.text);
    str_release(&lines);
    return result;
}
