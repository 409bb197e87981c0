/* The list of launchers, and the tasks of a queue that they fill in. */
#include "launch.h"

#include <stdlib.h>
#include <string.h>

#define LAUNCHER(name) extern const struct launcher launcher_##name;
#include "harness/base/array.h"
#include "launchers.def"
#undef LAUNCHER

static const struct launcher *const launchers[] = {
#define LAUNCHER(name) &launcher_##name,
#include "launchers.def"
#undef LAUNCHER
};

#define N_LAUNCHERS (sizeof(launchers) / sizeof(launchers[0]))

const char *const *launcher_names(void)
{
    static const char *const names[] = {
#define LAUNCHER(name) #name,
#include "launchers.def"
#undef LAUNCHER
        NULL};

    return names;
}

const struct launcher *launcher_find(const char *name, struct err *err)
{
    int place = str_find("launcher", name, launcher_names(), err);

    return place < 0 ? NULL : launchers[place];
}

int queue_add(struct queue *queue, const struct queue_task *task, struct err *err)
{
    if (!array_grow(&queue->tasks, queue->n, sizeof(*queue->tasks)))
        return err_set(err, ERR_MEMORY, "no memory for %d tasks of the queue", queue->n + 1);
    queue->tasks[queue->n++] = *task;
    return 0;
}

void queue_release(struct queue *queue)
{
    free(queue->tasks);
    *queue = (struct queue){0};
}

bool queue_is_live(const char *state)
{
    static const char *const live[] = {"PENDING", "RUNNING", "CONFIGURING", "COMPLETING",
        "SUSPENDED", "STOPPED", "REQUEUED", "REQUEUE_FED", "REQUEUE_HOLD", "RESIZING", "SIGNALING",
        "STAGE_OUT", "SPECIAL_EXIT", "RESV_DEL_HOLD"};

    for (size_t i = 0; i < sizeof(live) / sizeof(live[0]); i++)
        if (strcmp(state, live[i]) == 0)
            return true;
    return false;
}

bool queue_is_ending(const char *state)
{
    return strcmp(state, "COMPLETING") == 0 || strcmp(state, "STAGE_OUT") == 0;
}

int queue_compare(const void *a, const void *b)
{
    const struct queue_task *x = a, *y = b;
    int order = strcmp(x->key, y->key);

    return order != 0 ? order : x->task - y->task;
}

const char *queue_ending(const char *state)
{
    static const struct {
        const char *state, *words;
    } endings[] = {
        {"OUT_OF_MEMORY", "ran out of memory: `submit --memory` asks for more"},
        {"TIMEOUT", "ended by the time limit: `submit` sends what is missing, which goes on from "
                    "what was saved"},
        {"NODE_FAIL", "lost with their machine: `submit` sends what is missing"},
        {"BOOT_FAIL", "lost with their machine, which did not boot: `submit` sends what is "
                      "missing"},
        {"PREEMPTED", "sent away for others: `submit` sends what is missing"},
        {"CANCELLED", "cancelled: `submit` sends what is missing"},
        {"FAILED", "ended with an error or was killed, perhaps out of memory (`submit --memory`): "
                   "the folder `logs` has what was said"},
    };

    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
        if (strcmp(state, endings[i].state) == 0)
            return endings[i].words;
    return NULL;
}

#define LAUNCH_FAILED "launch failed requeued held"

bool queue_is_stranded(const struct queue_task *task)
{
    return strcmp(task->state, "PENDING") == 0 && str_starts_with(task->reason, LAUNCH_FAILED);
}

const char *queue_reason(const char *code)
{
    static const struct {
        const char *code, *words;
    } reasons[] = {
        {"None", "not looked at yet"},
        {"Resources", "no machine is free for it yet"},
        {"Priority", "others have a higher priority"},
        {"JobArrayTaskLimit", "the throttle of the array lets no more run at once"},
        {"Dependency", "another job must end first"},
        {"DependencyNeverSatisfied",
            "what it depends on failed, so that it never starts: cancel it"},
        {"BeginTime", "its time to begin is still to come (after a requeue: a minute or two)"},
        {"JobHeldUser", "held by its user: scontrol release lets it go"},
        {"JobHeldAdmin", "held by an administrator: ask them"},
        {"JobRequeueHold", "held after a requeue: scontrol release lets it go"},
        {LAUNCH_FAILED, "the queue could not start it and holds it: `submit` sends it again"},
        {"AssocGrpCpuLimit", "the account has all the CPUs that it may have"},
        {"AssocGrpMemLimit", "the account has all the memory that it may have"},
        {"AssocGrpJobsLimit", "the account has all the jobs that it may have"},
        {"AssocMaxJobsLimit", "you have all the jobs that you may have"},
        {"QOSMaxJobsPerUserLimit", "you have all the jobs that the QOS allows"},
        {"QOSMaxCpuPerUserLimit", "you have all the CPUs that the QOS allows"},
        {"QOSGrpCpuLimit", "the QOS has all the CPUs that it may have"},
        {"PartitionTimeLimit", "it asks for more time than the partition gives: cancel it, and "
                               "submit with a smaller --time"},
        {"PartitionNodeLimit", "it asks for more machines than the partition has"},
        {"PartitionDown", "the partition is down"},
        {"PartitionInactive", "the partition is inactive"},
        {"NodeDown", "a machine that it needs is down"},
        {"ReqNodeNotAvail", "machines that it asks for are down, drained or reserved"},
        {"Reservation", "machines are reserved for others"},
        {"BadConstraints", "no machine is as it asks: cancel it, and submit with other demands"},
        {"InvalidAccount", "the account is not valid"},
        {"InvalidQOS", "the QOS is not valid"},
        {"Licenses", "a license is not free"},
        {"Cleaning", "its machine is still being cleaned"},
    };

    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
        if (str_starts_with(code, reasons[i].code) &&
            (code[strlen(reasons[i].code)] == '\0' || code[strlen(reasons[i].code)] == ','))
            return reasons[i].words;
    /* Limits have many names, all of which begin with whose they are. */
    if (str_starts_with(code, "QOS"))
        return "a limit of the QOS";
    if (str_starts_with(code, "Assoc") || str_starts_with(code, "MaxJobsPerAccount"))
        return "a limit of the account or of its user";
    return code;
}
