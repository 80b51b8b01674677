#pragma once

// Variables whose nodes are in a graph already.

#include "reflow/client/variable.h"

namespace reflow::client {

struct VariableNodes {
  Output ref;            // of the variable's op: a ref, or the handle of a resource variable
  Operation initializer;
  Output snapshot;       // what reading it gives: of a resource variable a read, or the cache of one
  Output initial_value;  // not valid: it is not known
  bool trainable = true;
};

// The variable that these nodes are, as an imported MetaGraphDef names them. It is in no collection.
// ValueError: the nodes of a resource variable lead to no read of it.
Variable variable_of_nodes(const VariableNodes& nodes);

}  // namespace reflow::client
