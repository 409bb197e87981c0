/*
 * Weight files that are damaged at random, above all in their headers: each is read or refused by a sentence, under
 * the sanitizers without a finding. Rounds are few here; `make fuzz FUZZ_SECONDS=600` goes on for so long.
 */
#include "tests/lib/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/system/file.h"
#include "scalers/scaler.h"
#include "tests/lib/damage.h"
#include "workloads/given_weights.h"
#include "workloads/models/model.h"
#include "workloads/nn/io/weights.h"
#include "workloads/trained_on.h"

#define ROUNDS       300
#define LENGTH_BYTES 8 /* of the header, before it */
#define MAX_BYTES    (64 << 20)

static char path[] = "/tmp/scalestudy-test-damage.XXXXXX";

static int group_setup(void **state)
{
    int fd = mkstemp(path);

    (void)state;
    return fd >= 0 ? close(fd) : -1;
}

static int group_teardown(void **state)
{
    (void)state;
    return unlink(path);
}

struct fixture {
    struct spec spec;
    struct graph graph;
    struct net *net;
    struct str whole; /* a file of its weights */
};

static void fixture_open(struct fixture *f)
{
    static const char *const about[] = {"scalestudy.trained.set", "folder",
        "scalestudy.trained.sample", "00000000000100000002000000030000000000040000000500000006",
        NULL};
    const struct scaling scaling = {"width", 1, 0.25, 1};
    const struct net_options options = {.batch = 1, .seed = 3};
    struct spec base;
    struct err err = {0};

    *f = (struct fixture){.whole = STR_INIT};
    assert_int_equal(spec_find("mobilenet_v1", &base, &err), 0);
    assert_int_equal(scaling_apply(&base, &scaling, &f->spec, &err), 0);
    f->spec.input = 32;
    f->spec.classes = 3;
    assert_int_equal(model_build(&f->spec, &f->graph, &err), 0);
    assert_int_equal(net_create(&f->net, &f->graph, &options, &err), 0);
    assert_int_equal(weights_save(f->net, 5, about, path, &err), 0);
    assert_int_equal(file_read(path, MAX_BYTES, &f->whole, &err), 0);
}

static void fixture_close(struct fixture *f)
{
    net_free(f->net);
    graph_release(&f->graph);
    str_release(&f->whole);
}

/* The header damaged, with its length as it is by then or as it was; now and then the whole file. */
static void damage_file(const struct str *whole, struct rng *rng, struct str *to)
{
    uint64_t length;
    struct str header = STR_INIT;

    str_clear(to);
    if (rng_below(rng, 4) == 0) {
        str_add_bytes(to, whole->text, whole->length);
        damage(to, rng);
        return;
    }
    memcpy(&length, whole->text, sizeof(length));
    str_add_bytes(&header, whole->text + LENGTH_BYTES, length);
    damage(&header, rng);
    if (rng_below(rng, 2) == 0)
        str_add_bytes(to, whole->text, LENGTH_BYTES);
    else
        str_add_bytes(to, (const char *)&(uint64_t){header.length}, LENGTH_BYTES);
    str_add_bytes(to, header.text, header.length);
    str_add_bytes(to, whole->text + LENGTH_BYTES + length, whole->length - LENGTH_BYTES - length);
    str_release(&header);
}

/* Whether it was taken; *seen: how many images it says that it was trained on. */
static bool use(struct fixture *f, int *seen)
{
    struct trained_on *trained = NULL;
    struct err err = {0}, why = {0}, none = {0};
    int classes = 0;
    bool taken = given_weights_load(f->net, &f->spec, path, &err) == 0;

    assert_true(taken || damage_is_told(&err));
    if (given_weights_classes(&f->spec, path, &classes, &why) < 0)
        assert_true(damage_is_told(&why));
    *seen = trained_on_read(&trained, path, &none) == 0 ? trained->seen.n : 0;
    assert_in_range(*seen, 0, SEEN_MOST);
    trained_on_free(trained);
    return taken;
}

static void test_weights__are_read_or_refused_however_they_are_damaged(void **state)
{
    struct damage_rounds rounds = damage_begin("weights", ROUNDS, 82);
    struct str damaged = STR_INIT;
    struct fixture f;
    struct rng rng;
    int taken = 0, seen;

    (void)state;
    fixture_open(&f);
    assert_true(use(&f, &seen));
    assert_int_equal(seen, 2);
    while (damage_next(&rounds, &rng)) {
        damage_file(&f.whole, &rng, &damaged);
        damage_put(path, &damaged);
        taken += use(&f, &seen);
    }
    assert_true((taken > 0 && taken < (int)damage_rounds_done(&rounds)) || rounds.only);
    str_release(&damaged);
    fixture_close(&f);
}
