#pragma once

#include "reflow/client/graph.h"
#include "reflow/client/tensor_like.h"

namespace reflow {

// Has threads run ops at once where no graph is the default one, or add them to a graph again.
void enable_eager_execution();
void disable_eager_execution();
bool eager_execution_enabled();

// True where what functions make has its values at once: the default graph is eager_graph().
bool executing_eagerly();

// What functions build in where ops run at once: with as_default() they do. It keeps no operations: Outputs in it are good
// as long as a graph::NodeRef or an eager::Scope holds their nodes.
Graph eager_graph();

// The value of a condition, which is there. REQUIRES: executing_eagerly().
// ValueError as NumPy's: it has several elements. TypeError: it can't be taken for true or false.
bool eager_bool(const TensorLike& condition);

// The graph that functions of this thread would build in without eager_graph(): of the innermost other as_default(), or
// the thread's own.
Graph get_built_graph();

}  // namespace reflow
