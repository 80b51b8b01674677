#pragma once

// tf.sparse. What other headers have in namespace reflow by the names of this module.

#include "reflow/client/segment_ops.h"
#include "reflow/client/sparse_ops.h"
#include "reflow/client/sparse_tensor.h"

namespace reflow::sparse {

using reflow::SparseTensor;

inline SparseTensor add(const SparseTensor& a, const SparseTensor& b, const TensorLike& threshold = 0) {
  return reflow::sparse_add(a, b, threshold);
}
inline Output add(const SparseTensor& a, const Output& b) { return reflow::sparse_add(a, b); }
inline Output add(const Output& a, const SparseTensor& b) { return reflow::sparse_add(a, b); }
inline SparseTensor concat(int axis, const std::vector<SparseTensor>& sp_inputs,
                           const SparseConcatOptions& options = {}) {
  return reflow::sparse_concat(axis, sp_inputs, options);
}
inline FilledRows fill_empty_rows(const SparseTensor& sp_input, const TensorLike& default_value,
                                  const NameOptions& options = {}) {
  return reflow::sparse_fill_empty_rows(sp_input, default_value, options);
}
inline IndexedSlices mask(const IndexedSlices& a, const TensorLike& mask_indices, const NameOptions& options = {}) {
  return reflow::sparse_mask(a, mask_indices, options);
}
inline Output matmul(const SparseTensor& sp_a, const TensorLike& b, const SparseMatmulAdjoints& options = {}) {
  return reflow::sparse_tensor_dense_matmul(sp_a, b, options);
}
inline SparseTensor maximum(const SparseTensor& sp_a, const SparseTensor& sp_b, const NameOptions& options = {}) {
  return reflow::sparse_maximum(sp_a, sp_b, options);
}
inline SparseTensor merge(const SparseTensor& sp_ids, const SparseTensor& sp_values, const TensorLike& vocab_size,
                          const SparseMergeOptions& options = {}) {
  return reflow::sparse_merge(sp_ids, sp_values, vocab_size, options);
}
inline SparseTensor merge(const std::vector<SparseTensor>& sp_ids, const SparseTensor& sp_values,
                          const TensorList& vocab_size, const SparseMergeOptions& options = {}) {
  return reflow::sparse_merge(sp_ids, sp_values, vocab_size, options);
}
inline SparseTensor minimum(const SparseTensor& sp_a, const SparseTensor& sp_b, const NameOptions& options = {}) {
  return reflow::sparse_minimum(sp_a, sp_b, options);
}
inline SparseTensor placeholder(DType dtype, const std::optional<Shape>& shape = std::nullopt,
                                const NameOptions& options = {}) {
  return reflow::sparse_placeholder(dtype, shape, options);
}
inline Output reduce_max(const SparseTensor& sp_input, const SparseReduceOptions& options = {}) {
  return reflow::sparse_reduce_max(sp_input, options);
}
inline SparseTensor reduce_max_sparse(const SparseTensor& sp_input, const SparseReduceOptions& options = {}) {
  return reflow::sparse_reduce_max_sparse(sp_input, options);
}
inline Output reduce_sum(const SparseTensor& sp_input, const SparseReduceOptions& options = {}) {
  return reflow::sparse_reduce_sum(sp_input, options);
}
inline SparseTensor reduce_sum_sparse(const SparseTensor& sp_input, const SparseReduceOptions& options = {}) {
  return reflow::sparse_reduce_sum_sparse(sp_input, options);
}
inline SparseTensor reorder(const SparseTensor& sp_input, const NameOptions& options = {}) {
  return reflow::sparse_reorder(sp_input, options);
}
inline SparseTensor reset_shape(const SparseTensor& sp_input, const TensorLike& new_shape = {}) {
  return reflow::sparse_reset_shape(sp_input, new_shape);
}
inline SparseTensor reshape(const SparseTensor& sp_input, const TensorLike& shape, const NameOptions& options = {}) {
  return reflow::sparse_reshape(sp_input, shape, options);
}
inline SparseTensor retain(const SparseTensor& sp_input, const TensorLike& to_retain) {
  return reflow::sparse_retain(sp_input, to_retain);
}
inline Output segment_mean(const TensorLike& data, const TensorLike& indices, const TensorLike& segment_ids,
                           const SparseSegmentOptions& options = {}) {
  return reflow::sparse_segment_mean(data, indices, segment_ids, options);
}
inline Output segment_sqrt_n(const TensorLike& data, const TensorLike& indices, const TensorLike& segment_ids,
                             const SparseSegmentOptions& options = {}) {
  return reflow::sparse_segment_sqrt_n(data, indices, segment_ids, options);
}
inline Output segment_sum(const TensorLike& data, const TensorLike& indices, const TensorLike& segment_ids,
                          const SparseSegmentOptions& options = {}) {
  return reflow::sparse_segment_sum(data, indices, segment_ids, options);
}
inline SparseTensor slice(const SparseTensor& sp_input, const TensorLike& start, const TensorLike& size,
                          const NameOptions& options = {}) {
  return reflow::sparse_slice(sp_input, start, size, options);
}
inline SparseTensor softmax(const SparseTensor& sp_input, const NameOptions& options = {}) {
  return reflow::sparse_softmax(sp_input, options);
}
inline Output sparse_dense_matmul(const SparseTensor& sp_a, const TensorLike& b,
                                  const SparseMatmulAdjoints& options = {}) {
  return reflow::sparse_tensor_dense_matmul(sp_a, b, options);
}
inline std::vector<SparseTensor> split(const SparseTensor& sp_input, int64_t num_split, const TensorLike& axis,
                                       const NameOptions& options = {}) {
  return reflow::sparse_split(sp_input, num_split, axis, options);
}
inline Output to_dense(const SparseTensor& sp_input, const SparseTensorToDenseOptions& options = {}) {
  return reflow::sparse_tensor_to_dense(sp_input, options);
}
inline Output to_indicator(const SparseTensor& sp_input, const TensorLike& vocab_size,
                           const NameOptions& options = {}) {
  return reflow::sparse_to_indicator(sp_input, vocab_size, options);
}
inline SparseTensor transpose(const SparseTensor& sp_input, const SparseTransposeOptions& options = {}) {
  return reflow::sparse_transpose(sp_input, options);
}

}  // namespace reflow::sparse
