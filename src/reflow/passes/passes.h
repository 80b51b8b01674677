#pragma once

#include "reflow/passes/pass.h"

namespace reflow::passes {

// Accesses to a variable whose order no edge gives get one: what can be read before a write is, writes follow the order
// of creation. From then on every order that obeys the edges computes the same. Nodes after control flow are left alone.
Status order_variable_accesses(PassContext& context);
// Ops that only hand their input on, and reshapes to the shape that is there, are left out.
Status remove_identities(PassContext& context);
// Control edges between pure nodes that order nothing which anybody sees go.
Status drop_idle_waits(PassContext& context);
// What depends on constants and static shapes alone is computed once, here.
Status fold_constants(PassContext& context);
// Arithmetic that changes no bit is left out: x * 1, x - 0, -(-x), AddN of one, transposes that undo each other, reductions
// over no axis.
Status simplify_arithmetic(PassContext& context);
// Stateless nodes that compute the same from the same inputs become one.
Status merge_common_subexpressions(PassContext& context);
// Stateless nodes whose value nobody reads go, and so do groups that only pass control edges on.
Status remove_dead_nodes(PassContext& context);
// Stacks of a loop's gradient of which nothing is read go, and those that keep a constant.
Status drop_unread_stacks(PassContext& context);
// What is the same in all iterations of a loop is computed once, outside of it.
Status move_loop_invariants(PassContext& context);
// A sum of products a' b becomes one product of all their rows; where a loop adds them up, of as many as there are to collect.
Status sum_products(PassContext& context);
// A sum of gradients of slices of one tensor becomes one node that adds each to its place.
Status sum_slices(PassContext& context);
// A product of matrices, the bias added to it and Relu after that become one node.
Status fuse_matmul(PassContext& context);
// A matrix that several products of few rows use is copied once into the panels that these read.
Status share_panels(PassContext& context);
// Constants that a cross entropy's gradient is multiplied by go into the op that computes it.
Status scale_losses(PassContext& context);
// Batch normalisation with given statistics goes into the filter of the convolution before it.
Status fold_batch_norms(PassContext& context);
// A convolution, the bias added to it and Relu after that become one node.
Status fuse_convolutions(PassContext& context);
// The results of convolutions with biases are pooled while they are in cache.
Status fuse_pooling(PassContext& context);
// A comparison of floats and the conversion of its booleans to floats become one node.
Status make_float_masks(PassContext& context);
// Element-wise ops over floats of one shape, and the updates of variables that use them, become nodes that do all of it
// in one pass over memory.
Status fuse_elementwise(PassContext& context);
// A gradient times a number goes into the op that applies it.
Status scale_in_updates(PassContext& context);

}  // namespace reflow::passes
