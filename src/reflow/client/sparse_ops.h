#pragma once

// Functions of sparse tensors. Those that give one keep its indices in order where nothing else is said.

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "reflow/client/gradients.h"
#include "reflow/client/sparse_tensor.h"
#include "reflow/client/tensor_like.h"

namespace reflow {

// A sparse tensor that every run has to feed: its parts. Of any shape, or of the one given; -1 is any size.
SparseTensor sparse_placeholder(DType dtype, const std::optional<Shape>& shape = std::nullopt,
                                const NameOptions& options = {});

struct SparseConcatOptions {
  std::string name;
  bool expand_nonconcat_dims = false;  // false: other dimensions have to agree; true: the largest is taken
};
// Joined along `axis`.
SparseTensor sparse_concat(int axis, const std::vector<SparseTensor>& sp_inputs,
                           const SparseConcatOptions& options = {});

// The sum. Elements that are at most `threshold` are left out.
SparseTensor sparse_add(const SparseTensor& a, const SparseTensor& b, const TensorLike& threshold = 0);
// The dense sum.
Output sparse_add(const SparseTensor& a, const Output& b);
Output sparse_add(const Output& a, const SparseTensor& b);

// With the indices in order.
SparseTensor sparse_reorder(const SparseTensor& sp_input, const NameOptions& options = {});
// The same elements in another shape, of which one dimension may be -1. ValueError: "Cannot reshape a tensor with ...".
SparseTensor sparse_reshape(const SparseTensor& sp_input, const TensorLike& shape, const NameOptions& options = {});
// Cut along `axis` into num_split parts.
std::vector<SparseTensor> sparse_split(const SparseTensor& sp_input, int64_t num_split, const TensorLike& axis,
                                       const NameOptions& options = {});
SparseTensor sparse_slice(const SparseTensor& sp_input, const TensorLike& start, const TensorLike& size,
                          const NameOptions& options = {});
struct SparseTransposeOptions {
  TensorLike perm;  // default: reversed
  std::string name;
};
SparseTensor sparse_transpose(const SparseTensor& sp_input, const SparseTransposeOptions& options = {});

struct SparseToDenseOptions {
  TensorLike default_value = 0;
  bool validate_indices = true;  // in order and without repetitions, else the run fails
  std::string name;
};
// A tensor with these values at these places, and the default elsewhere.
Output sparse_to_dense(const TensorLike& sparse_indices, const TensorLike& output_shape,
                       const TensorLike& sparse_values, const SparseToDenseOptions& options = {});
struct SparseTensorToDenseOptions {
  TensorLike default_value;  // default: 0, or ""
  bool validate_indices = true;
  std::string name;
};
Output sparse_tensor_to_dense(const SparseTensor& sp_input, const SparseTensorToDenseOptions& options = {});
// Bools [rows, vocab_size]: which of the ids each row has.
Output sparse_to_indicator(const SparseTensor& sp_input, const TensorLike& vocab_size, const NameOptions& options = {});

struct SparseReduceOptions {
  TensorLike axis;  // default: all
  bool keepdims = false;
};
// Folded along `axis`: a tensor, or a sparse one.
Output sparse_reduce_max(const SparseTensor& sp_input, const SparseReduceOptions& options = {});
SparseTensor sparse_reduce_max_sparse(const SparseTensor& sp_input, const SparseReduceOptions& options = {});
Output sparse_reduce_sum(const SparseTensor& sp_input, const SparseReduceOptions& options = {});
SparseTensor sparse_reduce_sum_sparse(const SparseTensor& sp_input, const SparseReduceOptions& options = {});

struct SparseMergeOptions {
  std::string name;
  bool already_sorted = false;
};
// The values at the places that ids name: row by row, the last dimension is vocab_size.
SparseTensor sparse_merge(const SparseTensor& sp_ids, const SparseTensor& sp_values, const TensorLike& vocab_size,
                          const SparseMergeOptions& options = {});
SparseTensor sparse_merge(const std::vector<SparseTensor>& sp_ids, const SparseTensor& sp_values,
                          const TensorList& vocab_size, const SparseMergeOptions& options = {});

// The elements where `to_retain`, a vector of bools, is true.
SparseTensor sparse_retain(const SparseTensor& sp_input, const TensorLike& to_retain);
// In a larger shape; without one in the smallest that holds its elements.
// ValueError: "Requested new_shape should have dimension sizes >= sp_input.shape. ...".
SparseTensor sparse_reset_shape(const SparseTensor& sp_input, const TensorLike& new_shape = {});
struct FilledRows {
  SparseTensor sp_ordered_output;
  Output empty_row_indicator;
};
// With default_value in each row that has no element; and which rows these are.
FilledRows sparse_fill_empty_rows(const SparseTensor& sp_input, const TensorLike& default_value,
                                  const NameOptions& options = {});

struct SparseMatmulAdjoints {
  bool adjoint_a = false, adjoint_b = false;
  std::string name;
};
// The product of a sparse matrix and a dense one.
Output sparse_tensor_dense_matmul(const SparseTensor& sp_a, const TensorLike& b,
                                  const SparseMatmulAdjoints& options = {});
// Softmax along the last dimension, over the elements that there are.
SparseTensor sparse_softmax(const SparseTensor& sp_input, const NameOptions& options = {});
// The larger or smaller of the elements at each place, of two sparse tensors of one shape; what isn't there is 0.
SparseTensor sparse_maximum(const SparseTensor& sp_a, const SparseTensor& sp_b, const NameOptions& options = {});
SparseTensor sparse_minimum(const SparseTensor& sp_a, const SparseTensor& sp_b, const NameOptions& options = {});
// The slices whose indices aren't in mask_indices.
IndexedSlices sparse_mask(const IndexedSlices& a, const TensorLike& mask_indices, const NameOptions& options = {});

struct SparseMatmulOptions {
  bool transpose_a = false;
  bool transpose_b = false;
  bool a_is_sparse = false;
  bool b_is_sparse = false;
  std::string name;
};
// matmul for matrices of which one or both have many zeros.
Output sparse_matmul(const TensorLike& a, const TensorLike& b, const SparseMatmulOptions& options = {});

struct SerializeSparseOptions {
  std::string name;
  DType out_type = string;  // or variant
};
// The three parts as a vector; of each row, [rows, 3]; and back.
Output serialize_sparse(const SparseTensor& sp_input, const SerializeSparseOptions& options = {});
Output serialize_many_sparse(const SparseTensor& sp_input, const SerializeSparseOptions& options = {});
struct DeserializeSparseOptions {
  std::optional<int64_t> rank;  // of the result, where it is known
  std::string name;
};
SparseTensor deserialize_many_sparse(const TensorLike& serialized_sparse, DType dtype,
                                     const DeserializeSparseOptions& options = {});

struct EditDistanceOptions {
  bool normalize = true;  // divides by the length of truth
  std::string name = "edit_distance";
};
// Levenshtein's distance between sequences, along the last dimension.
Output edit_distance(const SparseTensor& hypothesis, const SparseTensor& truth,
                     const EditDistanceOptions& options = {});

}  // namespace reflow

namespace reflow::sparse {

// The elements that aren't 0.
SparseTensor from_dense(const TensorLike& tensor, const NameOptions& options = {});
struct ExpandDimsOptions {
  TensorLike axis = -1;
  std::string name;
};
SparseTensor expand_dims(const SparseTensor& sp_input, const ExpandDimsOptions& options = {});
struct SparseEyeOptions {
  TensorLike num_columns;  // default: num_rows
  DType dtype = float32;
  std::string name;
};
SparseTensor eye(const TensorLike& num_rows, const SparseEyeOptions& options = {});

using Feature = std::variant<SparseTensor, Output>;
// For each row all combinations of one element from each input, as strings "a_X_b".
SparseTensor cross(const std::vector<Feature>& inputs, const NameOptions& options = {});
struct CrossHashedOptions {
  int64_t num_buckets = 0;  // 0: as many as int64 has
  int64_t hash_key = 0xDECAFCAFFE;
  std::string name;
};
// The same as hashes.
SparseTensor cross_hashed(const std::vector<Feature>& inputs, const CrossHashedOptions& options = {});

}  // namespace reflow::sparse
