#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/base/thread_pool.h"
#include "reflow/tensor/tensor.h"

namespace reflow::formats {

// A feature of fixed length, or, where the first dimension of `shape` is unknown, of strides that are padded.
struct DenseFeature {
  std::string key;
  DType type;
  Shape shape;
  Tensor default_value;  // no elements: the feature is required. Of strides: one element, what they are padded with.
  bool variable_length = false;
  int64_t stride = 1;  // elements of an example, or of one stride
};

// A feature of any number of values.
struct SparseFeature {
  std::string key;
  DType type;
};

// Sets variable_length and stride. InvalidArgument: `shape`, that of dense feature `index`, has other unknown dimensions.
Status plan_dense_shape(int index, DenseFeature* feature);
// InvalidArgument: the default of dense feature `index` isn't of its shape, or, where that has strides, not one element.
Status check_default(int index, const DenseFeature& feature);

struct ParsedExamples {
  std::vector<Tensor> sparse_indices, sparse_values, sparse_shapes, dense_values;
};

// Parses serialized Examples into tensors (docs/formats/example.md), with TensorFlow's errors. Reads the bytes once, and
// makes no message objects. Immutable, so thread-safe.
class ExampleParser {
 public:
  // REQUIRES: plan_dense_shape was called for each dense feature; types are kFloat32, kInt64, kString.
  ExampleParser(std::vector<DenseFeature> dense, std::vector<SparseFeature> sparse);

  // A batch, shared by the threads of `pool`. `names`, for messages, is empty or as long as `serialized`. Values of fixed
  // length are [batch] + shape; of strides [batch, longest] + shape[1:]; sparse ones have indices [n, 2], shape [2].
  Status parse(std::span<const std::string> serialized, std::span<const std::string> names, ThreadPool& pool,
               ParsedExamples* parsed) const;
  // One Example: as parse without the batch dimension; indices are [n, 1].
  Status parse_single(std::string_view serialized, ParsedExamples* parsed) const;

  const std::vector<DenseFeature>& dense() const { return dense_; }
  const std::vector<SparseFeature>& sparse() const { return sparse_; }

 private:
  friend class ExampleChunk;
  // Dense features come first, sparse ones behind; -1: no such key.
  int find(std::string_view key) const {
    const auto it = index_.find(absl::string_view(key.data(), key.size()));
    return it == index_.end() ? -1 : it->second;
  }
  std::string_view key(int i) const {
    const auto n = static_cast<int>(dense_.size());
    return i < n ? dense_[static_cast<size_t>(i)].key : sparse_[static_cast<size_t>(i - n)].key;
  }
  std::vector<DenseFeature> dense_;
  std::vector<SparseFeature> sparse_;
  absl::flat_hash_map<std::string, int> index_;
};

}  // namespace reflow::formats
