#pragma once

#include "decision_tree.h"
#include "tensorflow/contrib/decision_trees/proto/generic_tree_model.pb.h"

namespace reflow::ops::forest {

// False: a test of another kind than a forest makes.
bool read_test(const tensorflow::decision_trees::BinaryNode& from, SplitTest* to);
void write_test(const SplitTest& from, tensorflow::decision_trees::BinaryNode* to);

}  // namespace reflow::ops::forest
