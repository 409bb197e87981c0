/*
 * Judging a number that the paper prints by our exact count.
 *
 *     verdict_judge(0.5687, 0.6, 1)                    VERDICT_MATCH
 *     verdict_judge(4.39, 4.2, verdict_two_digits(4.2)) VERDICT_DIFFERS
 *
 * Both in the paper's unit (billions or millions). Pure functions.
 */
#ifndef SCALESTUDY_RESULTS_ANALYSIS_VERDICT_H
#define SCALESTUDY_RESULTS_ANALYSIS_VERDICT_H

enum verdict {
    VERDICT_NONE,      /* the number is not in print, or not counted */
    VERDICT_MATCH,     /* the count rounds to the number */
    VERDICT_TRUNCATED, /* the count cut off at its last digit is the number */
    /* neither; but another row of the same model has such a number too, this count is within 1 % of
     * that one and nearer to it than to its own, and the other way round */
    VERDICT_EXCHANGED,
    VERDICT_DIFFERS, /* none of these */
};

/* "match", "truncated", "exchanged?", "differs"; NULL for VERDICT_NONE. */
const char *verdict_name(enum verdict verdict);

/* `decimals`: that the number is printed with. VERDICT_NONE if either is NaN. */
enum verdict verdict_judge(double exact, double printed, int decimals);

/* Decimals of a number printed to two digits, whole from 10 on: 0.39, 5.3, 26, 146. */
int verdict_two_digits(double printed);

/* Whether two counts that do not fit their numbers would fit each other's. */
int verdict_exchanged(double exact_a, double printed_a, double exact_b, double printed_b);

#endif
