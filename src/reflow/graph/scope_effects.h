#pragma once

// What the calling thread's scopes do to a node, step by step as TensorFlow does it: create_op and the importer share it.

#include <span>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/graph/graph.h"

namespace reflow::graph {

// The control inputs that the scopes give: none from a block of which an input was made in it already, since then the
// new node depends on the block's nodes anyway.
void add_scope_control_inputs(GraphScope& scope, std::span<const Endpoint> inputs, std::vector<Node*>* controls);

// Routes the node's inputs into the context that it is made in. What that makes is named below the node.
Status enter_context(GraphScope& scope, Node* node);

// `node` has been made within the blocks of control_dependencies.
void record_seen(GraphScope& scope, const Node* node);

// Attributes, devices, colocation with the scopes' nodes and with `refs` (the node's references, which is stronger than
// device scopes), and the container.
Status apply_scopes(GraphScope& scope, std::span<Node* const> refs, Node* node);

// The same for a node that was imported: where its own attributes colocate it with another, scopes give it no device. To
// blocks of control_dependencies it counts as made outside of them.
Status apply_import_scopes(GraphScope& scope, Node* node);

}  // namespace reflow::graph
