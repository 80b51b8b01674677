#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "forest_params.h"
#include "reflow/base/philox.h"
#include "reflow/tensor/tensor.h"

namespace reflow::ops::forest {

// Numbers or categories; TensorFlow's numbers.
enum class FeatureType : uint8_t { kFloat = 0, kCategorical = 1 };

// What a batch consists of, as the attribute `input_spec` says:
//   dense_features_size: 2 dense: [{name: x original_type: 0 size: 2}] sparse: [{name: y original_type: 1 size: -1}]
struct InputSpec {
  // InvalidArgument: not written so.
  static StatusOr<InputSpec> parse(std::string_view text);
  int32_t num_dense_features = 0;
  std::vector<FeatureType> dense_types;  // of each dense feature
  FeatureType sparse_type = FeatureType::kFloat;
};

// Numbers below n, each as likely, as TensorFlow's SimplePhilox gives them.
class UniformNumbers {
 public:
  // 0 means a seed from the system.
  explicit UniformNumbers(int32_t seed);
  uint32_t below(uint32_t n);

 private:
  uint32_t next();
  Philox generator_;
  Philox::Block block_{};
  size_t used_ = block_.size();
};

// The features of a batch. Dense features come first, the columns of the sparse ones follow.
class Examples {
 public:
  // `dense` is [batch, features]; indices [n, 2], in order, values [n] and shape [2] are those of a sparse tensor. Either may be of
  // another rank instead, and is absent. InvalidArgument: other shapes.
  static StatusOr<Examples> make(const InputSpec& spec, const Tensor& dense, const Tensor& sparse_indices, const Tensor& sparse_values,
                                 const Tensor& sparse_shape);

  int64_t size() const { return size_; }
  // 0 where there is no such value.
  float value(int64_t example, int32_t feature) const;

  struct Sample {
    int32_t feature;
    FeatureType type;
    float value;
  };
  // One of the features that the example has; none where it has none.
  std::optional<Sample> sample(int64_t example, UniformNumbers* random) const;

 private:
  const int64_t* index(int64_t i) const { return indices_.data<int64_t>() + i * indices_.shape().dim(1); }

  InputSpec spec_;
  Tensor dense_, indices_, values_;
  bool has_dense_ = false, has_sparse_ = false;
  int64_t size_ = 0;
};

// The labels of a batch, and how much each counts.
class Targets {
 public:
  // `labels` are [batch] or [batch, outputs]; weights [batch], those that aren't there are 1. InvalidArgument: other shapes, or labels
  // that are no class: "Got label greater than indicated number of classes. [...]".
  static StatusOr<Targets> make(const ForestParams& params, const Tensor& labels, const Tensor& weights);

  int64_t size() const { return size_; }
  int32_t label(int64_t example) const { return static_cast<int32_t>(labels_.data<float>()[example]); }
  float output(int64_t example, int32_t i) const { return labels_.data<float>()[example * num_outputs_ + i]; }
  float weight(int64_t example) const { return example < weights_.num_elements() ? weights_.data<float>()[example] : 1; }

 private:
  Tensor labels_, weights_;
  int64_t size_ = 0, num_outputs_ = 1;
};

}  // namespace reflow::ops::forest
