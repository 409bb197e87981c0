/* Ranges of numbers, and the sentence about one that is outside. */
#include "range.h"

bool range_has(double value, double least, double most, bool above_least)
{
    return value <= most && (above_least ? value > least : value >= least);
}

int range_check(
    const char *name, double value, double least, double most, bool above_least, struct err *err)
{
    if (range_has(value, least, most, above_least))
        return 0;
    return err_set(err, ERR_INPUT, "%s is %.10g; it must be %s %.10g %s %.10g", name, value,
        above_least ? "above" : "from", least, above_least ? "and at most" : "to", most);
}
