#include "reflow/client/parsing_ops.h"

#include <cctype>
#include <memory>
#include <utility>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/python_text.h"
#include "reflow/client/scopes.h"

namespace reflow {
namespace {

using client::convert;

// `key` with '_' for what can't be in the name of an op.
std::string name_of_key(std::string key) {
  for (char& c : key) {
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '_' && c != '.' && c != '-' && c != '/') c = '_';
  }
  return key;
}

// Features as the ops take them: keys, types, shapes and defaults, in the order of the keys.
struct RawFeatures {
  std::vector<std::string> sparse_keys, dense_keys;
  std::vector<DType> sparse_types;
  std::vector<Shape> dense_shapes;
  TensorList defaults;
};

void add_feature(const std::string& key, const VarLenFeature& feature, RawFeatures* raw) {
  raw->sparse_keys.push_back(key);
  raw->sparse_types.push_back(feature.dtype);
}

void add_feature(const std::string& key, const FixedLenFeature& feature, RawFeatures* raw) {
  if (!feature.shape.fully_defined()) {
    throw ValueError("All dimensions of shape for feature " + key + " need to be known but received " +
                     client::python_list(feature.shape) + ".");
  }
  raw->dense_keys.push_back(key);
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
                     client::python_list(feature.shape) + ".");
  }
  Shape rows = feature.shape;
  rows.insert_dim(0, Shape::kUnknown);
  raw->dense_keys.push_back(key);
  raw->dense_shapes.push_back(rows);
  if (feature.default_value.is_none()) {
    const TensorLike nothing = feature.dtype == DType::kString ? TensorLike("") : TensorLike(0);
    raw->defaults.push_back(convert(nothing, feature.dtype, "Const"));
  } else {
    raw->defaults.push_back(reshape(convert(feature.default_value, feature.dtype, "padding_" + name_of_key(key)), Shape{}));
  }
}

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

// The outputs of an op: indices, values and shapes of the sparse features, then the dense ones.
ParsedFeatures named(graph::Node* node, const RawFeatures& raw) {
  const std::vector<Output> outputs = client::all_outputs(node);
  const size_t n = raw.sparse_keys.size();
  ParsedFeatures parsed;
  for (size_t i = 0; i < n; ++i) {
    parsed.sparse_tensors.emplace(raw.sparse_keys[i], SparseTensor(outputs[i], outputs[n + i], outputs[2 * n + i]));
  }
  for (size_t i = 0; i < raw.dense_keys.size(); ++i) parsed.dense.emplace(raw.dense_keys[i], outputs[3 * n + i]);
  return parsed;
}

}  // namespace

const Output& ParsedFeatures::operator[](const std::string& key) const {
  const auto it = dense.find(key);
  if (it == dense.end()) throw KeyError("There is no dense feature " + client::python_repr(std::string_view(key)));
  return it->second;
}

const SparseTensor& ParsedFeatures::sparse(const std::string& key) const {
  const auto it = sparse_tensors.find(key);
  if (it == sparse_tensors.end()) throw KeyError("There is no sparse feature " + client::python_repr(std::string_view(key)));
  return it->second;
}

ParsedFeatures parse_example(const TensorLike& serialized, const std::map<std::string, ExampleFeature>& features,
                             const ParseExampleOptions& options) {
  const name_scope scope(options.name, "ParseExample");
  const RawFeatures raw = raw_features(features);
  const TensorLike names = options.example_names.is_none() ? TensorLike(Tensor(DType::kString, Shape{0})) : options.example_names;
  return named(client::make_op("ParseExample", options.name,
                               {serialized, names, list_of(raw.sparse_keys), list_of(raw.dense_keys), list_of(raw.defaults)},
                               {{"sparse_types", raw.sparse_types}, {"dense_shapes", raw.dense_shapes}}),
               raw);
}

ParsedFeatures parse_single_example(const TensorLike& serialized, const std::map<std::string, ExampleFeature>& features,
                                    const std::string& name) {
  const name_scope scope(name, "ParseSingleExample");
  const RawFeatures raw = raw_features(features);
  const Output one = convert(serialized, DType::kInvalid, "serialized");
  return named(client::make_op("ParseSingleExample", name, {one, list_of(raw.defaults)},
                               {{"num_sparse", static_cast<int64_t>(raw.sparse_keys.size())},
                                {"sparse_keys", raw.sparse_keys},
                                {"dense_keys", raw.dense_keys},
                                {"sparse_types", raw.sparse_types},
                                {"dense_shapes", raw.dense_shapes}}),
               raw);
}

Output decode_raw(const TensorLike& input_bytes, DType out_type, const DecodeRawOptions& options) {
  return client::apply_op("DecodeRaw", options.name, {input_bytes},
                          {{"out_type", out_type}, {"little_endian", options.little_endian}});
}

std::vector<Output> decode_csv(const TensorLike& records, const TensorList& record_defaults, const DecodeCsvOptions& options) {
  const auto& columns = options.select_cols;
  for (size_t i = 1; i < columns.size(); ++i) {
    if (columns[i - 1] >= columns[i]) throw ValueError("select_cols is not strictly increasing.");
  }
  if (!columns.empty() && columns[0] < 0) throw ValueError("select_cols contains negative values.");
  if (!columns.empty() && columns.size() != record_defaults.size()) {
    throw ValueError("Length of select_cols and record_defaults do not match.");
  }
  return client::all_outputs(client::make_op("DecodeCSV", options.name, {records, list_of(record_defaults)},
                                             {{"field_delim", options.field_delim},
                                              {"use_quote_delim", options.use_quote_delim},
                                              {"na_value", options.na_value},
                                              {"select_cols", options.select_cols}}));
}

}  // namespace reflow
