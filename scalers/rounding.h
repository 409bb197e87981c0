/* The official rounding of EfficientNet (tensorflow/tpu, efficientnet_model.py: round_filters,
 * round_repeats). */
#ifndef SCALESTUDY_SCALERS_ROUNDING_H
#define SCALESTUDY_SCALERS_ROUNDING_H

/* channels * width to the nearest multiple of 8 (halves up, at least 8), one step up if that fell
 * below 90 % of the exact value. Width 1 changes nothing. */
int round_channels(int channels, double width);

/* repeats * depth, rounded up. */
int round_repeats(int repeats, double depth);

/* input * resolution to the nearest integer. */
int round_input(int input, double resolution);

#endif
