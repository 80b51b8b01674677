#pragma once

#include <functional>
#include <string>
#include <vector>

#include "reflow/client/output.h"
#include "reflow/client/tensor_like.h"

namespace reflow {

// Functions over the rows (along the first dimension) of tensors, as loops with TensorArrays: tf.map_fn and its kin. `fn`
// is called once, to build the body of the loop; what it throws ends the building. The forms over lists take and give one
// tensor for each of the lists' elements, which have equally many rows.

struct MapOptions {
  std::vector<DType> dtype;  // of the results, where they aren't those of `elems`
  int parallel_iterations = 10;
  bool back_prop = true;
  bool swap_memory = false;
  bool infer_shape = true;  // all results have one shape
  std::string name;
};
using MapFn = std::function<TensorLike(const Output& row)>;
using MapListFn = std::function<TensorList(const std::vector<Output>& rows)>;
// fn(row) of each row, stacked. ValueError: "elems must be a 1+ dimensional Tensor, not a scalar".
Output map_fn(const MapFn& fn, const TensorLike& elems, const MapOptions& options = {});
std::vector<Output> map_fn(const MapListFn& fn, const TensorList& elems, const MapOptions& options = {});

struct FoldOptions {
  int parallel_iterations = 10;
  bool back_prop = true;
  bool swap_memory = false;
  std::string name;
};
using FoldFn = std::function<TensorLike(const Output& accumulated, const Output& row)>;
using FoldListFn = std::function<TensorList(const std::vector<Output>& accumulated, const std::vector<Output>& rows)>;
// fn(... fn(fn(initializer, row 0), row 1) ..., last row). No initializer: row 0 is it.
Output foldl(const FoldFn& fn, const TensorLike& elems, const TensorLike& initializer = {}, const FoldOptions& options = {});
std::vector<Output> foldl(const FoldListFn& fn, const TensorList& elems, const TensorList& initializer = {},
                          const FoldOptions& options = {});
// The same from the last row to the first.
Output foldr(const FoldFn& fn, const TensorLike& elems, const TensorLike& initializer = {}, const FoldOptions& options = {});
std::vector<Output> foldr(const FoldListFn& fn, const TensorList& elems, const TensorList& initializer = {},
                          const FoldOptions& options = {});

struct ScanOptions {
  int parallel_iterations = 10;
  bool back_prop = true;
  bool swap_memory = false;
  bool infer_shape = true;
  bool reverse = false;  // from the last row to the first
  std::string name;
};
// All that foldl accumulates on its way, stacked.
Output scan(const FoldFn& fn, const TensorLike& elems, const TensorLike& initializer = {}, const ScanOptions& options = {});
std::vector<Output> scan(const FoldListFn& fn, const TensorList& elems, const TensorList& initializer = {},
                         const ScanOptions& options = {});

}  // namespace reflow
