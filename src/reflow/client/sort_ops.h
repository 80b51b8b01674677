#pragma once

// Sorting, and counting by value.

#include <cstdint>
#include <string>

#include "reflow/client/tensor_like.h"

namespace reflow {

struct SortOptions {
  int axis = -1;
  std::string direction = "ASCENDING";  // or "DESCENDING"
  std::string name;
};
// The values along `axis` in order. ValueError: "X should be one of ASCENDING, DESCENDING".
Output sort(const TensorLike& values, const SortOptions& options = {});
struct ArgsortOptions {
  int axis = -1;
  std::string direction = "ASCENDING";
  bool stable = false;  // it always is
  std::string name;
};
// The indices along `axis` that put the values in order.
Output argsort(const TensorLike& values, const ArgsortOptions& options = {});

struct HistogramOptions {
  TensorLike nbins = 100;
  DType dtype = int32;
  std::string name;
};
// How many values are in each of nbins equal parts of value_range, [first, last]; values outside are counted in the
// first or in the last one.
Output histogram_fixed_width(const TensorLike& values, const TensorLike& value_range,
                             const HistogramOptions& options = {});
// The number of the part that each value is in.
Output histogram_fixed_width_bins(const TensorLike& values, const TensorLike& value_range,
                                  const HistogramOptions& options = {});

}  // namespace reflow
