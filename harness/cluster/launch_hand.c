/* People start `scalestudy work` themselves: nothing is sent anywhere. */
#include "launch.h"

const struct launcher launcher_hand = {
    .name = "hand",
    .summary = "nothing is sent: `scalestudy work DIR` is started by hand on each machine",
};
