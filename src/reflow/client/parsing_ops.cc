#include "reflow/client/parsing_ops.h"

#include <cctype>
#include <memory>
#include <utility>

#include "reflow/client/apply_op.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/python_text.h"
#include "reflow/client/raw_features.h"
#include "reflow/client/scopes.h"
#include "reflow/client/sparse_ops.h"

namespace reflow {
namespace {

using client::convert;
using client::list_of;
using client::RawFeatures;

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

// `parsed` with the tensor of each SparseFeature, and without those that only they are made of.
ParsedFeatures with_sparse_features(ParsedFeatures parsed, const std::map<std::string, ExampleFeature>& features) {
  for (const auto& [key, feature] : features) {
    const auto* sparse = std::get_if<SparseFeature>(&feature);
    if (!sparse) continue;
    std::vector<SparseTensor> ids;
    for (const std::string& index_key : sparse->index_key) ids.push_back(parsed.sparse(index_key));
    const SparseTensor& values = parsed.sparse(sparse->value_key);
    const SparseMergeOptions options{.already_sorted = sparse->already_sorted};
    SparseTensor merged =
        ids.size() == 1 ? sparse_merge(ids[0], values, sparse->size[0], options)
                        : sparse_merge(ids, values, TensorList(sparse->size.begin(), sparse->size.end()), options);
    parsed.sparse_tensors.insert_or_assign(key, merged);
  }
  std::erase_if(parsed.sparse_tensors, [&](const auto& entry) { return !features.contains(entry.first); });
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
  const RawFeatures raw = client::raw_features(features);
  const TensorLike names = options.example_names.is_none() ? TensorLike(Tensor(DType::kString, Shape{0})) : options.example_names;
  graph::Node* node = client::make_op(
      "ParseExample", options.name,
      {serialized, names, list_of(raw.sparse_keys), list_of(raw.dense_keys), list_of(raw.defaults)},
      {{"sparse_types", raw.sparse_types}, {"dense_shapes", raw.dense_shapes}});
  return with_sparse_features(named(node, raw), features);
}

ParsedFeatures parse_single_example(const TensorLike& serialized, const std::map<std::string, ExampleFeature>& features,
                                    const std::string& name) {
  const name_scope scope(name, "ParseSingleExample");
  const RawFeatures raw = client::raw_features(features);
  const Output one = convert(serialized, DType::kInvalid, "serialized");
  graph::Node* node = client::make_op("ParseSingleExample", name, {one, list_of(raw.defaults)},
                                      {{"num_sparse", static_cast<int64_t>(raw.sparse_keys.size())},
                                       {"sparse_keys", raw.sparse_keys},
                                       {"dense_keys", raw.dense_keys},
                                       {"sparse_types", raw.sparse_types},
                                       {"dense_shapes", raw.dense_shapes}});
  return with_sparse_features(named(node, raw), features);
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
