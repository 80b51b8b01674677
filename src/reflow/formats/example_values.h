#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/formats/example_view.h"
#include "reflow/tensor/tensor.h"

namespace reflow::formats {

// Values of one feature of consecutive rows (Examples, or steps of a sequence), whose number varies. Of one type, the
// feature's; strings are views of the serialized bytes.
class FeatureValues {
 public:
  // Adds the values of `feature` to the last row. False: its bytes are malformed.
  bool append(const FeatureView& feature);
  // Ends a row.
  void end_row(DType type) { ends_.push_back(size(type)); }
  size_t size(DType type) const {
    return type == DType::kString ? strings_.size() : type == DType::kInt64 ? ints_.size() : floats_.size();
  }
  // The number of values up to the end of each row.
  const std::vector<size_t>& ends() const { return ends_; }
  // Copies values `begin` to `end` (excluded) to the elements of `out` from `at` on.
  void copy(DType type, size_t begin, size_t end, Tensor* out, int64_t at) const;

 private:
  std::vector<int64_t> ints_;
  std::vector<float> floats_;
  std::vector<std::string_view> strings_;
  std::vector<size_t> ends_;
};

// Writes the first `n` values of `feature` to the elements of `out` from `at` on. How many values there are; -1: malformed.
int64_t read_values(const FeatureView& feature, int64_t n, int64_t at, Tensor* out);

// Copies elements `from` to `from` + n of `source` to those of `out` from `at` on.
void copy_elements(const Tensor& source, int64_t from, int64_t n, Tensor* out, int64_t at);

// The rows of `parts`, `num_rows` in all, in one tensor [num_rows, longest / stride] + shape[1:], short ones padded.
StatusOr<Tensor> padded_values(std::span<const FeatureValues* const> parts, DType type, int64_t num_rows, const Shape& shape,
                               int64_t stride, const Tensor& padding);
// The rows as a sparse matrix: indices [n, 2], values [n], shape [2].
Status sparse_matrix(std::span<const FeatureValues* const> parts, DType type, int64_t num_rows, Tensor* indices,
                     Tensor* values, Tensor* shape);
// All values as a sparse vector: indices [n, 1], values [n], shape [1].
Status sparse_vector(const FeatureValues& part, DType type, Tensor* indices, Tensor* values, Tensor* shape);

}  // namespace reflow::formats
