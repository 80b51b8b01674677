#pragma once

// tf: what is found elsewhere in C++ by the names of TensorFlow's root, and what only bears another name here.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "reflow/client/control_flow_ops.h"
#include "reflow/client/custom_gradient.h"
#include "reflow/client/dtypes.h"
#include "reflow/client/errors.h"
#include "reflow/client/functional_ops.h"
#include "reflow/client/gradients.h"
#include "reflow/client/queue.h"
#include "reflow/client/scopes.h"
#include "reflow/client/sequence_examples.h"
#include "reflow/client/session.h"
#include "reflow/client/sparse_tensor.h"
#include "reflow/client/variable_scope.h"

namespace reflow {

using errors::OpError;
using ConfigProto = SessionConfig;
using QueueBase = Queue;
using TensorShape = Shape;
using op_scope = name_scope;
using variable_op_scope = variable_scope;

inline constexpr DType double_ = DType::kFloat64;
inline constexpr std::array<DType, 5> QUANTIZED_DTYPES = {qint8, quint8, qint16, quint16, qint32};

// Of TensorFlow, whose behaviour this is, and of the graphs that it reads and writes.
extern const std::string_view VERSION;      // "1.15.5"
extern const std::string_view GIT_VERSION;  // Reflow's own: "reflow 0.1.0"
extern const std::string_view COMPILER_VERSION;
inline constexpr int GRAPH_DEF_VERSION = 134;
inline constexpr int GRAPH_DEF_VERSION_MIN_CONSUMER = 0;
inline constexpr int GRAPH_DEF_VERSION_MIN_PRODUCER = 0;

// The values of a sparse tensor: what a session gives for its three parts.
struct SparseTensorValue {
  Tensor indices, values, dense_shape;
};

// The size of a dimension; unset: it isn't known. IndexError: there is no such dimension of a shape of known rank.
std::optional<int64_t> dimension_at_index(const Shape& shape, int index);
inline std::optional<int64_t> dimension_value(int64_t dimension) {
  return dimension < 0 ? std::nullopt : std::optional(dimension);
}

// `value` as it is where it is sparse, or rows of a tensor; else as a tensor.
inline SparseTensor convert_to_tensor_or_sparse_tensor(const SparseTensor& value) { return value; }
inline Output convert_to_tensor_or_sparse_tensor(const TensorLike& value, const ConvertOptions& options = {}) {
  return convert_to_tensor(value, options);
}
inline IndexedSlices convert_to_tensor_or_indexed_slices(const IndexedSlices& value) { return value; }
inline Output convert_to_tensor_or_indexed_slices(const TensorLike& value, const ConvertOptions& options = {}) {
  return convert_to_tensor(value, options);
}

// Is `value` symbolic?
template <typename T>
constexpr bool is_tensor(const T& /*value*/) {
  return std::convertible_to<T, Output> || std::same_as<T, SparseTensor> || std::same_as<T, IndexedSlices>;
}

// Takes part in a variable scope as the regularizer that adds no loss.
inline Output no_regularizer(const Output& /*tensor*/) { return Output(); }

// Says that ops of `op_type` have no gradient.
inline void no_gradient(std::string_view op_type) { NotDifferentiable(op_type); }

// `f`, through which gradients flow as if it were the identity.
using TensorFunction = std::function<Output(const Output&)>;
TensorFunction grad_pass_through(TensorFunction f);

// fn(row) of each row, stacked; the rows may be computed together.
Output vectorized_map(const MapFn& fn, const TensorLike& elems);
std::vector<Output> vectorized_map(const MapListFn& fn, const TensorList& elems);

// Builds outside of conds, loops and control dependencies, in the current name scope, until it dies.
class [[nodiscard]] init_scope : public control_dependencies {
 public:
  init_scope() : control_dependencies(nullptr) {}
};

struct FingerprintOptions {
  std::string method = "farmhash64";
  std::string name;
};
// A number of 8 bytes for each row of `data`: [rows, 8], uint8.
Output fingerprint(const TensorLike& data, const FingerprintOptions& options = {});

// A serialized TensorProto, and the value of one. ValueError: it is none.
std::string make_tensor_proto(const TensorLike& values, DType dtype = DType::kInvalid,
                              const std::optional<Shape>& shape = std::nullopt);
Tensor make_ndarray(std::string_view tensor_proto);

// Has get_variable and Variable make resource variables where nothing else is said, or references again. Of all threads.
void enable_resource_variables();
void disable_resource_variables();
bool resource_variables_enabled();

}  // namespace reflow

namespace reflow::dtypes {

using reflow::double_;
using reflow::DType;
using reflow::QUANTIZED_DTYPES;

}  // namespace reflow::dtypes

namespace reflow::queue {

using reflow::QueueBase;

}  // namespace reflow::queue

namespace reflow::io {

using reflow::parse_sequence_example;
using reflow::parse_single_sequence_example;
using reflow::QueueBase;
using reflow::SparseFeature;

}  // namespace reflow::io
