#include "reflow/passes/fused_columns.h"

#include <vector>

#include "reflow/passes/rewrite.h"

namespace reflow::passes {

using graph::Endpoint;
using graph::Node;

namespace {

bool is_last_axis(const Endpoint& axis, const Shape& shape) {
  const std::vector<int64_t> value = const_integers(axis);
  return value.size() == 1 && (value[0] == -1 || value[0] == shape.rank() - 1);
}

bool has_columns(const Shape& shape) {
  return shape.known_rank() && shape.rank() >= 2 && shape.dim(shape.rank() - 1) > 0;
}
int64_t columns_of(const Shape& shape) { return shape.dim(shape.rank() - 1); }

std::optional<ColumnPart> part_of_split(const Endpoint& e) {
  const Endpoint& whole = e.node->input(1);
  if (!has_columns(whole.shape()) || !is_last_axis(e.node->input(0), whole.shape())) return std::nullopt;
  const int64_t n = e.node->num_outputs(), all = columns_of(whole.shape());
  if (all % n != 0) return std::nullopt;
  return ColumnPart{whole, e.index * (all / n), all / n};
}

std::optional<ColumnPart> part_of_split_v(const Endpoint& e) {
  const Endpoint& whole = e.node->input(0);
  const std::vector<int64_t> sizes = const_integers(e.node->input(1));
  if (!has_columns(whole.shape()) || !is_last_axis(e.node->input(2), whole.shape())) return std::nullopt;
  if (std::ssize(sizes) != e.node->num_outputs()) return std::nullopt;
  const int64_t all = columns_of(whole.shape());
  int64_t first = 0, end = 0;
  for (int i = 0; i < std::ssize(sizes); ++i) {
    if (sizes[i] < 0 || sizes[i] > all - end) return std::nullopt;
    if (i == e.index) first = end;
    end += sizes[i];
  }
  if (end != all) return std::nullopt;
  return ColumnPart{whole, first, sizes[e.index]};
}

std::optional<ColumnPart> part_of_slice(const Endpoint& e) {
  const Endpoint& whole = e.node->input(0);
  const Shape& shape = whole.shape();
  const std::vector<int64_t> begin = const_integers(e.node->input(1)), size = const_integers(e.node->input(2));
  if (!has_columns(shape) || std::ssize(begin) != shape.rank() || std::ssize(size) != shape.rank()) return std::nullopt;
  const int last = shape.rank() - 1;
  for (int i = 0; i < last; ++i) {
    if (begin[i] != 0 || (size[i] != -1 && (size[i] < 0 || size[i] != shape.dim(i)))) return std::nullopt;
  }
  if (begin[last] < 0 || begin[last] > shape.dim(last)) return std::nullopt;
  const int64_t left = shape.dim(last) - begin[last], columns = size[last] == -1 ? left : size[last];
  if (columns < 0 || columns > left) return std::nullopt;
  return ColumnPart{whole, begin[last], columns};
}

}  // namespace

std::optional<ColumnPart> column_part(const Endpoint& e) {
  const std::string& type = e.node->type();
  std::optional<ColumnPart> part;
  if (type == "Split") part = part_of_split(e);
  else if (type == "SplitV") part = part_of_split_v(e);
  else if (type == "Slice") part = part_of_slice(e);
  return part && part->size > 0 ? part : std::nullopt;
}

bool joins_columns(const Node& node) {
  if (node.type() != "ConcatV2" || node.num_inputs() < 3) return false;
  const Shape& first = node.input(0).shape();
  if (!has_columns(first) || !is_last_axis(node.input(node.num_inputs() - 1), first)) return false;
  for (int i = 1; i < node.num_inputs() - 1; ++i) {
    if (!(node.input(i).shape() == first)) return false;
  }
  return true;
}

}  // namespace reflow::passes
