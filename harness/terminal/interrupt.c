/* Ctrl-C and SIGTERM as a mark that commands look at. */
#include "interrupt.h"

#include <signal.h>
#include <stddef.h>

#include "results/store/store.h"

static volatile sig_atomic_t asked;

static void ask(int signal_number)
{
    (void)signal_number;
    asked = 1;
}

void interrupt_catch(void)
{
    struct sigaction action = {.sa_handler = ask, .sa_flags = (int)SA_RESETHAND};

    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    store_stop_when(interrupt_asked);
}

bool interrupt_asked(void)
{
    return asked;
}
