/* Time: seconds that only go forward, for durations; UTC as text, for people. */
#ifndef SCALESTUDY_HARNESS_BASE_CLOCK_H
#define SCALESTUDY_HARNESS_BASE_CLOCK_H

#define CLOCK_UTC_BYTES 24

/* Seconds since some fixed moment; never goes back. */
double clock_seconds(void);

/* Now as "2026-11-24T05:10:00Z". */
void clock_utc(char to[CLOCK_UTC_BYTES]);

#endif
