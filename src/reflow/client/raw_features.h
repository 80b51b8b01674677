#pragma once

// Features of Examples as the ops take them. Not for users.

#include <map>
#include <string>
#include <vector>

#include "reflow/client/parsing_ops.h"

namespace reflow::client {

// Keys, types, shapes and defaults, in the order of the keys.
struct RawFeatures {
  std::vector<std::string> sparse_keys, dense_keys;
  std::vector<DType> sparse_types, dense_types;
  std::vector<Shape> dense_shapes;  // of FixedLenSequenceFeatures with the unknown number of rows before
  TensorList defaults;
};

// Makes constants of the defaults. ValueError: no features, or shapes that aren't known.
RawFeatures raw_features(const std::map<std::string, ExampleFeature>& features);

TensorLike list_of(const std::vector<std::string>& keys);
TensorLike list_of(const TensorList& tensors);

}  // namespace reflow::client
