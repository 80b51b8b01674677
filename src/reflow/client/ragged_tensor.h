#pragma once

// tf.RaggedTensor: tensors whose rows have different lengths.

#include <optional>
#include <string>
#include <vector>

#include "reflow/client/graph.h"
#include "reflow/client/sparse_tensor.h"
#include "reflow/client/tensor_like.h"

namespace reflow {

class TensorOrRagged;

struct RaggedOptions {
  std::string name;
  bool validate = true;  // check in the run that the rows fit the values
};
struct RaggedRowIdsOptions {
  TensorLike nrows;  // default: up to the last row that has values
  std::string name;
  bool validate = true;
};
struct RaggedFromTensorOptions {
  TensorLike lengths;  // of the rows, or
  TensorLike padding;  // what follows a row, which isn't taken
  int ragged_rank = 1;
  std::string name;
  DType row_splits_dtype = DType::kInt64;
};
struct RaggedFromSparseOptions {
  std::string name;
  DType row_splits_dtype = DType::kInt64;
};

// Values of which row i has those from row_splits[i] to row_splits[i + 1]; values may be ragged too. A small value.
//
//   const auto rows = tf::RaggedTensor::from_row_lengths({3, 1, 4, 1, 5}, {2, 0, 3});  // [[3, 1], [], [4, 1, 5]]
class RaggedTensor {
 public:
  RaggedTensor() = default;
  // The values of the innermost level, and the splits of all levels from the outside inwards; nothing is checked in the run.
  // ValueError: no splits, splits that aren't vectors of int32 or of int64.
  RaggedTensor(Output flat_values, std::vector<Output> nested_row_splits);

  // value_rowids[i] is the row of value i.
  static RaggedTensor from_value_rowids(const TensorOrRagged& values, const TensorLike& value_rowids,
                                        const RaggedRowIdsOptions& options = {});
  // Row i has the values from row_splits[i] to row_splits[i + 1].
  static RaggedTensor from_row_splits(const TensorOrRagged& values, const TensorLike& row_splits,
                                      const RaggedOptions& options = {});
  // Row i has the next row_lengths[i] values; begins with value row_starts[i]; ends before value row_limits[i].
  static RaggedTensor from_row_lengths(const TensorOrRagged& values, const TensorLike& row_lengths,
                                       const RaggedOptions& options = {});
  static RaggedTensor from_row_starts(const TensorOrRagged& values, const TensorLike& row_starts,
                                      const RaggedOptions& options = {});
  static RaggedTensor from_row_limits(const TensorOrRagged& values, const TensorLike& row_limits,
                                      const RaggedOptions& options = {});
  // The same for several levels, the outermost first.
  static RaggedTensor from_nested_value_rowids(const TensorOrRagged& flat_values, const TensorList& nested_value_rowids,
                                               const std::optional<TensorList>& nested_nrows = std::nullopt,
                                               const RaggedOptions& options = {});
  static RaggedTensor from_nested_row_splits(const TensorOrRagged& flat_values, const TensorList& nested_row_splits,
                                             const RaggedOptions& options = {});
  static RaggedTensor from_nested_row_lengths(const TensorOrRagged& flat_values, const TensorList& nested_row_lengths,
                                              const RaggedOptions& options = {});
  // The rows of a tensor. ValueError: lengths and padding, or a ragged_rank that isn't positive.
  static RaggedTensor from_tensor(const TensorLike& tensor, const RaggedFromTensorOptions& options = {});
  // The rows of a sparse matrix whose values stand together at the left.
  static RaggedTensor from_sparse(const SparseTensor& st_input, const RaggedFromSparseOptions& options = {});

  DType dtype() const { return flat_values_.dtype(); }
  // As far as it is known; -1 where rows have different lengths.
  Shape shape() const;
  Operation op() const { return flat_values_.op(); }
  Graph graph() const { return flat_values_.graph(); }
  int ragged_rank() const { return static_cast<int>(splits_.size()); }
  const Output& flat_values() const { return flat_values_; }
  const std::vector<Output>& nested_row_splits() const { return splits_; }
  const Output& row_splits() const { return splits_[0]; }
  // The rows of this level, one behind the other.
  TensorOrRagged values() const;

  Output value_rowids(const NameOptions& options = {}) const;
  Output nrows(DType out_type = DType::kInvalid, const NameOptions& options = {}) const;
  Output row_starts(const NameOptions& options = {}) const;
  Output row_limits(const NameOptions& options = {}) const;
  Output row_lengths(const NameOptions& options = {}) const;
  std::vector<Output> nested_row_lengths(const NameOptions& options = {}) const;
  std::vector<Output> nested_value_rowids(const NameOptions& options = {}) const;
  // The shape of the smallest tensor that has room for it.
  Output bounding_shape(DType out_type = DType::kInvalid, const NameOptions& options = {}) const;

  // The same rows of other values; with splits of another type. ValueError: neither int32 nor int64.
  RaggedTensor with_values(const TensorOrRagged& new_values) const;
  RaggedTensor with_flat_values(const TensorOrRagged& new_values) const;
  RaggedTensor with_row_splits_dtype(DType dtype) const;

  // A tensor as large as the longest rows, filled up with `default_value` (default: 0 or ""); a sparse one.
  Output to_tensor(const TensorLike& default_value = {}, const NameOptions& options = {}) const;
  SparseTensor to_sparse(const NameOptions& options = {}) const;

 private:
  Output flat_values_;
  std::vector<Output> splits_;
};

// A tensor, or a ragged one.
class TensorOrRagged {
 public:
  template <TensorArgument T>
  TensorOrRagged(const T& tensor) : tensor_(tensor) {}
  TensorOrRagged(std::initializer_list<TensorLike> list) : tensor_(list) {}
  TensorOrRagged(const RaggedTensor& ragged) : ragged_(ragged) {}

  bool is_ragged() const { return ragged_.has_value(); }
  // TypeError: it is the other one.
  Output tensor() const;
  const RaggedTensor& ragged() const;

  // The same with a tensor made of what was given: called `name`, of type `dtype`.
  TensorOrRagged converted(const std::string& name, DType dtype = DType::kInvalid) const;
  Shape shape() const;
  DType dtype() const;

 private:
  TensorLike tensor_;
  std::optional<RaggedTensor> ragged_;
};

}  // namespace reflow
