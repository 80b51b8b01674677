#pragma once

// The features of serialized SequenceExamples: those of the whole, and lists of features that go step by step.

#include <map>
#include <string>

#include "reflow/client/parsing_ops.h"

namespace reflow {

// What parsing gives: the features of the context; those of the lists, which have a dimension of steps; and of several
// SequenceExamples how many steps each dense list has.
struct ParsedSequences {
  ParsedFeatures context, feature_lists;
  std::map<std::string, Output> feature_list_lengths;
};

struct ParseSequenceExampleOptions {
  std::map<std::string, ExampleFeature> context_features;   // VarLenFeature or FixedLenFeature
  std::map<std::string, ExampleFeature> sequence_features;  // VarLenFeature or FixedLenSequenceFeature; may be missing
  TensorLike example_names;                                 // for messages
  std::string name;
};
// Of a vector of SequenceExamples. ValueError: "Missing features.", or features of another kind.
ParsedSequences parse_sequence_example(const TensorLike& serialized, const ParseSequenceExampleOptions& options);

struct ParseSingleSequenceExampleOptions {
  std::map<std::string, ExampleFeature> context_features;
  std::map<std::string, ExampleFeature> sequence_features;
  TensorLike example_name;
  std::string name;
};
// Of one.
ParsedSequences parse_single_sequence_example(const TensorLike& serialized, const ParseSingleSequenceExampleOptions& options);

}  // namespace reflow
