/* How a window treats the edge of a map. */
#ifndef SCALESTUDY_WORKLOADS_NN_GRAPH_PADDING_H
#define SCALESTUDY_WORKLOADS_NN_GRAPH_PADDING_H

enum padding {
    PADDING_TORCH, /* k / 2 on every side */
    PADDING_SAME, /* TensorFlow's: as much as gives ceil(size / stride), the odd pixel at bottom and
                     right */
};

#endif
