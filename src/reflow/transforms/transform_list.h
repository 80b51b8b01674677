#pragma once

// The single transforms, for transform.cc. Each changes `graph` or says why it can't.

#include "reflow/transforms/transform.h"

namespace reflow::transforms {

using Transform = Status (*)(const Ends& ends, const TransformCall& call, tensorflow::GraphDef* graph);

Status strip_unused_nodes(const Ends& ends, const TransformCall& call, tensorflow::GraphDef* graph);
Status remove_nodes(const Ends& ends, const TransformCall& call, tensorflow::GraphDef* graph);
Status fold_constants(const Ends& ends, const TransformCall& call, tensorflow::GraphDef* graph);
Status fold_batch_norms(const Ends& ends, const TransformCall& call, tensorflow::GraphDef* graph);
Status fold_old_batch_norms(const Ends& ends, const TransformCall& call, tensorflow::GraphDef* graph);
Status merge_duplicate_nodes(const Ends& ends, const TransformCall& call, tensorflow::GraphDef* graph);
Status sort_by_execution_order(const Ends& ends, const TransformCall& call, tensorflow::GraphDef* graph);
Status obfuscate_names(const Ends& ends, const TransformCall& call, tensorflow::GraphDef* graph);
Status remove_control_dependencies(const Ends& ends, const TransformCall& call, tensorflow::GraphDef* graph);
Status remove_device(const Ends& ends, const TransformCall& call, tensorflow::GraphDef* graph);
Status set_device(const Ends& ends, const TransformCall& call, tensorflow::GraphDef* graph);
Status rename_op(const Ends& ends, const TransformCall& call, tensorflow::GraphDef* graph);
Status rename_attribute(const Ends& ends, const TransformCall& call, tensorflow::GraphDef* graph);
Status remove_attribute(const Ends& ends, const TransformCall& call, tensorflow::GraphDef* graph);
Status add_default_attributes(const Ends& ends, const TransformCall& call, tensorflow::GraphDef* graph);

}  // namespace reflow::transforms
