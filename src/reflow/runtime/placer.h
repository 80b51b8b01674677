#pragma once

#include <memory>
#include <span>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/graph/graph.h"
#include "reflow/op/device.h"

namespace reflow::runtime {

// Gives every node of `graph` a device of `devices` (Node::assigned_device is its index): the one asked for, that of the
// nodes it is colocated with (references and their users, "_class", explicit), else the first. With soft placement a
// device that isn't there, or has no kernel, becomes the first that has one.
// InvalidArgument: "Cannot assign a device for operation ..." in TensorFlow's words; "No OpKernel was registered ...".
Status place(graph::Graph& graph, std::span<const std::unique_ptr<op::Device>> devices, bool allow_soft_placement);

}  // namespace reflow::runtime
