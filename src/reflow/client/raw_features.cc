#include "reflow/client/raw_features.h"

#include <algorithm>
#include <cctype>
#include <memory>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/python_text.h"

namespace reflow::client {
namespace {

// `key` with '_' for what can't be in the name of an op.
std::string name_of_key(std::string key) {
  for (char& c : key) {
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '_' && c != '.' && c != '-' && c != '/') c = '_';
  }
  return key;
}

void add_feature(const std::string& key, const VarLenFeature& feature, RawFeatures* raw) {
  raw->sparse_keys.push_back(key);
  raw->sparse_types.push_back(feature.dtype);
}

void add_feature(const std::string& key, const FixedLenFeature& feature, RawFeatures* raw) {
  if (!feature.shape.fully_defined()) {
    throw ValueError("All dimensions of shape for feature " + key + " need to be known but received " +
                     python_list(feature.shape) + ".");
  }
  raw->dense_keys.push_back(key);
  raw->dense_types.push_back(feature.dtype);
  raw->dense_shapes.push_back(feature.shape);
  if (feature.default_value.is_none()) {
    raw->defaults.push_back(convert(Tensor(feature.dtype, Shape{0}), feature.dtype, "Const"));
  } else if (feature.default_value.output()) {
    raw->defaults.push_back(feature.default_value);
  } else {
    raw->defaults.push_back(reshape(convert(feature.default_value, feature.dtype, "key_" + name_of_key(key)), feature.shape));
  }
}

void add_feature(const std::string& key, const FixedLenSequenceFeature& feature, RawFeatures* raw) {
  if (!feature.shape.fully_defined()) {
    throw ValueError("All dimensions of shape for feature " + key + " need to be known but received " +
                     python_list(feature.shape) + ".");
  }
  Shape rows = feature.shape;
  rows.insert_dim(0, Shape::kUnknown);
  raw->dense_keys.push_back(key);
  raw->dense_types.push_back(feature.dtype);
  raw->dense_shapes.push_back(rows);
  if (feature.default_value.is_none()) {
    const TensorLike nothing = feature.dtype == DType::kString ? TensorLike("") : TensorLike(0);
    raw->defaults.push_back(convert(nothing, feature.dtype, "Const"));
  } else {
    raw->defaults.push_back(reshape(convert(feature.default_value, feature.dtype, "padding_" + name_of_key(key)), Shape{}));
  }
}

void add_sparse_key(const std::string& key, DType type, RawFeatures* raw) {
  const auto found = std::ranges::find(raw->sparse_keys, key);
  if (found == raw->sparse_keys.end()) {
    raw->sparse_keys.push_back(key);
    raw->sparse_types.push_back(type);
    return;
  }
  const DType known = raw->sparse_types[found - raw->sparse_keys.begin()];
  if (known == type) return;
  throw ValueError("Conflicting type " + python_dtype(known) + " vs " +
                   (type == DType::kInt64 ? "int64" : python_dtype(type)) + " for feature " + key + ".");
}

void add_feature(const std::string&, const SparseFeature& feature, RawFeatures* raw) {
  if (feature.index_key.empty()) throw ValueError("Missing index_key for SparseFeature.");
  if (feature.value_key.empty()) throw ValueError("Missing value_key for SparseFeature.");
  if (feature.size.size() != feature.index_key.size()) throw ValueError("a SparseFeature needs a size for each index_key");
  std::vector<std::string> index_keys = feature.index_key;
  std::ranges::sort(index_keys);
  for (const std::string& key : index_keys) add_sparse_key(key, DType::kInt64, raw);
  add_sparse_key(feature.value_key, feature.dtype, raw);
}

}  // namespace

RawFeatures raw_features(const std::map<std::string, ExampleFeature>& features) {
  if (features.empty()) throw ValueError("Missing: features was {}.");
  RawFeatures raw;
  for (const auto& feature : features) {
    std::visit([&](const auto& f) { add_feature(feature.first, f, &raw); }, feature.second);
  }
  return raw;
}

TensorLike list_of(const std::vector<std::string>& keys) {
  return TensorLike(std::make_shared<const TensorLike::List>(keys.begin(), keys.end()));
}
TensorLike list_of(const TensorList& tensors) {
  return TensorLike(std::make_shared<const TensorLike::List>(tensors.begin(), tensors.end()));
}

}  // namespace reflow::client
