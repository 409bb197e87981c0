/* What tests look at inside a net: the work that it did and the outputs of its nodes. */
#ifndef SCALESTUDY_TESTS_NET_NET_INSIDE_H
#define SCALESTUDY_TESTS_NET_NET_INSIDE_H

#include "workloads/nn/net/net_private.h"

/* Multiply-adds executed since the net was created. */
static inline int64_t net_macs_executed(const struct net *net)
{
    return net->macs;
}

/* Output of a node in the last forward; NULL where it is not kept, or never written since the node
 * is computed inside its neighbours. */
static inline const float *net_node_output(const struct net *net, int node)
{
    return net->layers[node].output_kept ? net->layers[node].forward.out : NULL;
}

#endif
