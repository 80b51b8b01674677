#include "reflow/client/set_ops.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "reflow/client/apply_op.h"
#include "reflow/client/errors.h"
#include "reflow/client/python_text.h"

namespace reflow::sets {

using client::apply_op;
using client::convert;
using client::make_op;
using client::python_dtype;

namespace {

bool can_be_in_sets(DType type) {
  constexpr std::array kTypes = {int8, int16, int32, int64, uint8, uint16, string};
  return std::ranges::find(kTypes, type) != kTypes.end();
}

// A set whose tensor is made.
struct Operand {
  Operand(const SetLike& set, const char* name) {
    if (set.sparse())
      sparse = *set.sparse();
    else
      dense = convert(set.dense(), DType::kInvalid, name);
  }
  DType dtype() const { return base_type(sparse ? sparse->dtype() : dense.dtype()); }

  std::optional<SparseTensor> sparse;
  Output dense;
};

SparseTensor operation(const Operand& a, const Operand& b, const char* name, bool validate_indices) {
  const graph::AttrMap attrs = {{"set_operation", name}, {"validate_indices", validate_indices}};
  graph::Node* node;
  if (a.sparse) {
    node = make_op("SparseToSparseSetOperation", "",
                   {a.sparse->indices, a.sparse->values, a.sparse->dense_shape, b.sparse->indices, b.sparse->values,
                    b.sparse->dense_shape},
                   attrs);
  } else if (b.sparse) {
    node = make_op("DenseToSparseSetOperation", "",
                   {a.dense, b.sparse->indices, b.sparse->values, b.sparse->dense_shape}, attrs);
  } else {
    node = make_op("DenseToDenseSetOperation", "", {a.dense, b.dense}, attrs);
  }
  return SparseTensor(Output(node, 0), Output(node, 1), Output(node, 2));
}

// Both sets, the dense one of two kinds first; and whether they have changed places.
struct Operands {
  Operand a, b;
  bool flipped;
};

Operands operands(const SetLike& left, const SetLike& right) {
  Operand a(left, "a");
  if (!can_be_in_sets(a.dtype())) throw TypeError(fmt::format("'a' invalid dtype {}.", python_dtype(a.dtype())));
  Operand b(right, "b");
  if (b.dtype() != a.dtype()) {
    throw TypeError(fmt::format("Types don't match, {} vs {}.", python_dtype(a.dtype()), python_dtype(b.dtype())));
  }
  if (a.sparse && !b.sparse) return {b, a, true};
  return {a, b, false};
}

}  // namespace

Output set_size(const SparseTensor& a, const SetOptions& options) {
  if (!can_be_in_sets(base_type(a.dtype()))) {
    throw TypeError(fmt::format("Invalid dtype {}.", python_dtype(a.dtype())));
  }
  return apply_op("SetSize", "", {a.indices, a.values, a.dense_shape},
                  {{"validate_indices", options.validate_indices}});
}

SparseTensor set_intersection(const SetLike& a, const SetLike& b, const SetOptions& options) {
  const Operands sets = operands(a, b);
  return operation(sets.a, sets.b, "intersection", options.validate_indices);
}

SparseTensor set_union(const SetLike& a, const SetLike& b, const SetOptions& options) {
  const Operands sets = operands(a, b);
  return operation(sets.a, sets.b, "union", options.validate_indices);
}

SparseTensor set_difference(const SetLike& a, const SetLike& b, const DifferenceOptions& options) {
  const Operands sets = operands(a, b);
  return operation(sets.a, sets.b, options.aminusb != sets.flipped ? "a-b" : "b-a", options.validate_indices);
}

}  // namespace reflow::sets
