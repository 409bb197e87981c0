/* Rotating a filter by half a turn: for conv_rotated.h. */
#include "conv_rotated.h"

#include <string.h>

#include "workloads/nn/kernels/parallel.h"
#include "workloads/nn/graph/sizes.h"

struct turn {
    const struct kernel_window *window;
    int k;
    const float *weight;
    float *to;
};

size_t conv_rotated_floats(const struct kernel_window *window, int k)
{
    size_t taps = (size_t)window->kernel * (size_t)window->kernel;

    return whole_lines(taps * (size_t)window->c * (size_t)k);
}

static void turn_tap(void *context, int tap, int thread)
{
    const struct turn *turn = context;
    int taps = turn->window->kernel * turn->window->kernel;
    size_t c = (size_t)turn->window->c, k = (size_t)turn->k;
    const float *from = turn->weight + (size_t)(taps - 1 - tap) * c * k;

    (void)thread;
    for (size_t i = 0; i < c; i++)
        memcpy(turn->to + (i * (size_t)taps + (size_t)tap) * k, from + i * k, k * sizeof(*from));
}

void conv_rotate(const struct kernel_window *window, int k, const float *weight, float *to)
{
    struct turn turn = {window, k, weight, to};

    parallel_for(window->kernel * window->kernel, turn_tap, &turn);
}

struct kernel_window conv_rotated_window(const struct kernel_window *window, int k)
{
    struct kernel_window turned = *window;

    turned.c = k;
    turned.before_h = window->kernel - 1 - window->before_h;
    turned.before_w = window->kernel - 1 - window->before_w;
    return turned;
}
