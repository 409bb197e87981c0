/* The rule by which a count matches, truncates to, or differs from a printed number. */
#include "verdict.h"

#include <math.h>

/* How near an exact count must be to the number that another row has in print. */
#define EXCHANGE_TOLERANCE 0.01

const char *verdict_name(enum verdict verdict)
{
    static const char *const names[] = {
        [VERDICT_NONE] = 0,
        [VERDICT_MATCH] = "match",
        [VERDICT_TRUNCATED] = "truncated",
        [VERDICT_EXCHANGED] = "exchanged?",
        [VERDICT_DIFFERS] = "differs",
    };

    return names[verdict];
}

enum verdict verdict_judge(double exact, double printed, int decimals)
{
    double steps = pow(10, decimals);
    long long number;

    if (isnan(exact) || isnan(printed))
        return VERDICT_NONE;
    number = llround(printed * steps);
    if (llround(exact * steps) == number)
        return VERDICT_MATCH;
    return (long long)floor(exact * steps) == number ? VERDICT_TRUNCATED : VERDICT_DIFFERS;
}

int verdict_two_digits(double printed)
{
    return printed < 1 ? 2 : printed < 10 ? 1 : 0;
}

static int belongs_to(double exact, double own, double other)
{
    return fabs(exact - other) <= EXCHANGE_TOLERANCE * other &&
           fabs(exact - other) < fabs(exact - own);
}

int verdict_exchanged(double exact_a, double printed_a, double exact_b, double printed_b)
{
    return belongs_to(exact_a, printed_a, printed_b) && belongs_to(exact_b, printed_b, printed_a);
}
