/*
 * Groups of jobs that differ in their seed alone: the baseline of each group, and labels that tell apart
 * groups of the same model, method and factors. Everything that averages over seeds uses these groups.
 *
 *     struct group_member members[] = {{.model = "resnet50", .method = "width", .keys = &keys, ...}};
 *     if (groups_relate(members, n, text_of, context, err) < 0) ...
 *     ... members[i].baseline, members[i].label ...
 *
 * Jobs are in one group if their canonical texts are equal but for the seed (canonical.h). The baseline
 * of a group is not stored, as two studies may reach one network from different ones. It shares the group's study,
 * model, data, recipe and kind of layers; its sizes, times the group's factors, give the group's;
 * and of several its multiply-adds, times d w^2 r^2 (Tan & Le 2019, Section 3.3), are the nearest.
 *
 * A label says what differs: "epochs=8", "variant w=0.25", "lr=0.1 images 3f2ac011". Baselines that look
 * alike are labelled first, and what was scaled from one of them takes its label. Groups that still look
 * alike are labelled by their own differences.
 */
#ifndef SCALESTUDY_RESULTS_QUERY_GROUPS_H
#define SCALESTUDY_RESULTS_QUERY_GROUPS_H

#include <stdbool.h>
#include <stdint.h>

#include "results/store/canonical.h"
#include "harness/base/err.h"
#include "harness/base/str.h"
#include "results/store/store.h"

#define GROUP_LABEL_BYTES 64

/* What a member stands for, and so which differences count. */
enum group_scope {
    GROUP_NETWORK,
    GROUP_MODEL,    /* all sizes of a model */
    GROUP_TRAINING, /* all networks trained alike */
};

struct group_member {
    enum group_scope scope;
    const char *study, *model, *method; /* study NULL: all are of one */
    double depth, width, resolution;    /* factors over its baseline */
    int input;
    int64_t macs;
    const struct canonical_keys *keys;
    int64_t job; /* number in the database of one of its jobs; of groups_relate_jobs */
    /* Out. */
    int baseline;                  /* index of a member; its own if it is a baseline; -1: none */
    char label[GROUP_LABEL_BYTES]; /* "" if no other looks alike */
};

/* Appends a member's canonical text; called only for members that look alike. */
typedef int group_text(void *context, int member, struct str *text, struct err *err);

int groups_relate(struct group_member *members, int n, group_text *text, void *context,
    struct err *err) MUST_CHECK;
/* The same with texts from a database. */
int groups_relate_jobs(
    struct group_member *members, int n, struct store *store, struct err *err) MUST_CHECK;

/* Labels alone, of members whose baselines are known. */
int groups_label_jobs(
    struct group_member *members, int n, struct store *store, struct err *err) MUST_CHECK;

/* Names a model's variant by its sizes: "variant w=0.25"; false if no variant has these sizes. The
 * program registers the function at its start, since only it knows the models; without one, or where it
 * returns false, a variant is named by its multiply-adds. */
typedef bool group_variant_name(
    const char *model, const struct canonical_shape *shape, char to[GROUP_LABEL_BYTES]);
void groups_name_variants(group_variant_name *name);

/* Factors are stored as they were requested; 1 may be off by the rounding of a division. */
#define GROUP_FACTOR_TOLERANCE 1e-3
/* All factors are 1. */
bool group_is_baseline(double depth, double width, double resolution);

/* Labels alone, with texts as groups_relate has them. */
int groups_label(struct group_member *members, int n, group_text *text, void *context,
    struct err *err) MUST_CHECK;

#endif
