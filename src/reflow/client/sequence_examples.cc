#include "reflow/client/sequence_examples.h"

#include "reflow/client/apply_op.h"
#include "reflow/client/errors.h"
#include "reflow/client/raw_features.h"
#include "reflow/client/scopes.h"

namespace reflow {
namespace {

using client::list_of;
using client::RawFeatures;

using Features = std::map<std::string, ExampleFeature>;

template <typename Other>
RawFeatures raw_of(const Features& features) {
  if (features.empty()) return {};
  for (const auto& [key, feature] : features) {
    if (std::holds_alternative<VarLenFeature>(feature) || std::holds_alternative<Other>(feature)) continue;
    throw ValueError("Unsupported kind of the feature " + key + ".");
  }
  return client::raw_features(features);
}

struct Sequences {
  Sequences(const Features& context_features, const Features& sequence_features) {
    if (context_features.empty() && sequence_features.empty()) throw ValueError("Missing features.");
    context = raw_of<FixedLenFeature>(context_features);
    for (const auto& [key, feature] : sequence_features) {
      const auto* rows = std::get_if<FixedLenSequenceFeature>(&feature);
      if (rows && !rows->default_value.is_none()) {
        throw ValueError("Value feature_list_dense_defaults[" + key + "] must be None");
      }
    }
    lists = raw_of<FixedLenSequenceFeature>(sequence_features);
    for (Shape& shape : lists.dense_shapes) shape.remove_dim(0);
  }

  graph::AttrMap attrs() const {
    return {{"context_sparse_types", context.sparse_types},
            {"Tcontext_dense", context.dense_types},
            {"context_dense_shapes", context.dense_shapes},
            {"feature_list_sparse_types", lists.sparse_types},
            {"feature_list_dense_types", lists.dense_types},
            {"feature_list_dense_shapes", lists.dense_shapes}};
  }

  RawFeatures context, lists;
};

// The outputs from `*at` on as the features of one of both parts.
ParsedFeatures named(const std::vector<Output>& outputs, const RawFeatures& raw, size_t* at) {
  ParsedFeatures parsed;
  const size_t n = raw.sparse_keys.size();
  for (size_t i = 0; i < n; ++i) {
    parsed.sparse_tensors.emplace(raw.sparse_keys[i],
                                  SparseTensor(outputs[*at + i], outputs[*at + n + i], outputs[*at + 2 * n + i]));
  }
  *at += 3 * n;
  for (const std::string& key : raw.dense_keys) parsed.dense.emplace(key, outputs[(*at)++]);
  return parsed;
}

ParsedSequences named(graph::Node* node, const Sequences& features, bool with_lengths) {
  const std::vector<Output> outputs = client::all_outputs(node);
  size_t at = 0;
  ParsedSequences parsed;
  parsed.context = named(outputs, features.context, &at);
  parsed.feature_lists = named(outputs, features.lists, &at);
  if (!with_lengths) return parsed;
  for (const std::string& key : features.lists.dense_keys) parsed.feature_list_lengths.emplace(key, outputs[at++]);
  return parsed;
}

}  // namespace

ParsedSequences parse_sequence_example(const TensorLike& serialized, const ParseSequenceExampleOptions& options) {
  const name_scope scope(options.name, "ParseSequenceExample");
  const Sequences features(options.context_features, options.sequence_features);
  const RawFeatures &context = features.context, &lists = features.lists;
  graph::AttrMap attrs = features.attrs();
  attrs.set("feature_list_dense_missing_assumed_empty", lists.dense_keys);
  attrs.set("context_sparse_keys", context.sparse_keys);
  attrs.set("context_dense_keys", context.dense_keys);
  attrs.set("feature_list_sparse_keys", lists.sparse_keys);
  attrs.set("feature_list_dense_keys", lists.dense_keys);
  attrs.set("Ncontext_sparse", static_cast<int64_t>(context.sparse_keys.size()));
  attrs.set("Ncontext_dense", static_cast<int64_t>(context.dense_keys.size()));
  attrs.set("Nfeature_list_sparse", static_cast<int64_t>(lists.sparse_keys.size()));
  attrs.set("Nfeature_list_dense", static_cast<int64_t>(lists.dense_keys.size()));
  const TensorLike names =
      options.example_names.is_none() ? TensorLike(Tensor(DType::kString, Shape{0})) : options.example_names;
  return named(client::make_op("ParseSequenceExample", options.name, {serialized, names, list_of(context.defaults)}, attrs),
               features, true);
}

ParsedSequences parse_single_sequence_example(const TensorLike& serialized,
                                              const ParseSingleSequenceExampleOptions& options) {
  const name_scope scope(options.name, "ParseSingleSequenceExample");
  const Sequences features(options.context_features, options.sequence_features);
  const RawFeatures &context = features.context, &lists = features.lists;
  const TensorLike name = options.example_name.is_none() ? TensorLike("") : options.example_name;
  const TensorLike assumed_empty = lists.dense_keys.empty() ? TensorLike(Tensor(DType::kString, Shape{0})) : lists.dense_keys;
  return named(client::make_op("ParseSingleSequenceExample", options.name,
                               {serialized, assumed_empty, list_of(context.sparse_keys), list_of(context.dense_keys),
                                list_of(lists.sparse_keys), list_of(lists.dense_keys), list_of(context.defaults), name},
                               features.attrs()),
               features, false);
}

}  // namespace reflow
