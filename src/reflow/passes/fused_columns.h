#pragma once

#include <cstdint>
#include <optional>

#include "reflow/graph/graph.h"

namespace reflow::passes {

// Some elements of the last dimension of a tensor of two or more.
struct ColumnPart {
  graph::Endpoint whole;
  int64_t first, size;
};

// What `e` is of the input of its node, if that is a Split, SplitV or Slice which takes columns.
std::optional<ColumnPart> column_part(const graph::Endpoint& e);

// Is it a ConcatV2 along the last dimension, of tensors of one known size of it?
bool joins_columns(const graph::Node& node);

}  // namespace reflow::passes
