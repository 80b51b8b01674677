#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/formats/example_parser.h"
#include "reflow/tensor/tensor.h"

namespace reflow::formats {

// A feature list whose steps all have the shape `shape`.
struct DenseFeatureList {
  std::string key;
  DType type;
  Shape shape;
  bool may_be_missing = false;  // counts as a list without steps
};

struct SequenceFeatures {
  std::vector<DenseFeature> context_dense;  // of fixed length
  std::vector<SparseFeature> context_sparse;
  std::vector<DenseFeatureList> list_dense;
  std::vector<SparseFeature> list_sparse;
};

struct ParsedSequences {
  ParsedExamples context, lists;
  std::vector<Tensor> dense_lengths;  // int64 [batch]: the steps of each dense list; not for a single one
};

// Parses serialized SequenceExamples into tensors (docs/formats/example.md). `names`, for messages, is empty or as long as
// `serialized`. Context as ExampleParser::parse; dense lists are [batch, most steps] + shape, padded with zeros and empty
// strings; sparse ones have indices [n, 3] and shape [3]: example, step, value.
Status parse_sequences(const SequenceFeatures& features, std::span<const std::string> serialized,
                       std::span<const std::string> names, ParsedSequences* parsed);

// One SequenceExample: without the batch dimension, and with other error texts, as in TensorFlow.
Status parse_single_sequence(const SequenceFeatures& features, std::string_view serialized, std::string_view name,
                             ParsedSequences* parsed);

}  // namespace reflow::formats
