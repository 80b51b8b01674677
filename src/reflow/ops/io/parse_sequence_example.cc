// Serialized SequenceExamples parsed into tensors: a batch, and one at a time.

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "reflow/formats/sequence_example_parser.h"
#include "reflow/op/op.h"
#include "reflow/ops/io/parsed_outputs.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;
using formats::SequenceFeatures;

// What the features are, without keys and defaults.
struct SequenceAttrs {
  explicit SequenceAttrs(KernelInit& c)
      : context_sparse_types(c.attr<std::vector<DType>>("context_sparse_types")),
        context_dense_types(c.attr<std::vector<DType>>("Tcontext_dense")),
        list_sparse_types(c.attr<std::vector<DType>>("feature_list_sparse_types")),
        list_dense_types(c.attr<std::vector<DType>>("feature_list_dense_types")),
        context_dense_shapes(c.attr<std::vector<Shape>>("context_dense_shapes")),
        list_dense_shapes(c.attr<std::vector<Shape>>("feature_list_dense_shapes")) {
    check(c, "context_sparse", context_sparse_types.size(), c.attr<int64_t>("Ncontext_sparse"));
    check(c, "feature_list_sparse", list_sparse_types.size(), c.attr<int64_t>("Nfeature_list_sparse"));
    check(c, "feature_list_dense", list_dense_types.size(), c.attr<int64_t>("Nfeature_list_dense"));
    check(c, "context_dense", context_dense_shapes.size(), static_cast<int64_t>(context_dense_types.size()));
    check(c, "feature_list_dense", list_dense_shapes.size(), static_cast<int64_t>(list_dense_types.size()));
    for (const Shape& shape : list_dense_shapes) {
      if (shape.fully_defined()) continue;
      c.fail(invalid_argument("feature_list_dense_shapes has an undefined shape: {}", shape.str()));
    }
  }

  // The features with these keys. `context_default(d)` is the default of dense context feature d.
  template <typename Default>
  StatusOr<SequenceFeatures> features(const std::vector<std::string>& context_sparse,
                                      const std::vector<std::string>& context_dense,
                                      const std::vector<std::string>& list_sparse,
                                      const std::vector<std::string>& list_dense,
                                      const std::vector<std::string>& may_be_missing, Default&& context_default) const {
    SequenceFeatures f;
    for (size_t i = 0; i < context_sparse.size(); ++i) f.context_sparse.push_back({context_sparse[i], context_sparse_types[i]});
    for (size_t i = 0; i < list_sparse.size(); ++i) f.list_sparse.push_back({list_sparse[i], list_sparse_types[i]});
    for (size_t i = 0; i < list_dense.size(); ++i) {
      const bool missing = std::find(may_be_missing.begin(), may_be_missing.end(), list_dense[i]) != may_be_missing.end();
      f.list_dense.push_back({list_dense[i], list_dense_types[i], list_dense_shapes[i], missing});
    }
    for (size_t i = 0; i < context_dense.size(); ++i) {
      const auto d = static_cast<int>(i);
      formats::DenseFeature dense{.key = context_dense[i], .type = context_dense_types[i],
                                  .shape = context_dense_shapes[i], .default_value = context_default(d)};
      RETURN_IF_ERROR(formats::plan_dense_shape(d, &dense));
      if (dense.variable_length) {
        return invalid_argument("context_dense_shapes[{}] is not fully defined: {}", d, dense.shape.str());
      }
      const Tensor& value = dense.default_value;
      if (value.num_elements() > 0 && value.shape() != dense.shape) {
        return invalid_argument("def_value[{}].shape() == {} != context_dense_shapes_[{}] == {}", d, value.shape().str(), d,
                                dense.shape.str());
      }
      f.context_dense.push_back(std::move(dense));
    }
    return f;
  }

  std::vector<DType> context_sparse_types, context_dense_types, list_sparse_types, list_dense_types;
  std::vector<Shape> context_dense_shapes, list_dense_shapes;

 private:
  static void check(KernelInit& c, std::string_view what, size_t n, int64_t number) {
    if (static_cast<int64_t>(n) != number) {
      c.fail(invalid_argument("The attributes of {} are of different lengths: {} and {}", what, n, number));
    }
  }
};

class ParseSequenceExample : public Kernel {
  using Keys = std::vector<std::string>;

 public:
  explicit ParseSequenceExample(KernelInit& c)
      : attrs_(c), context_sparse_(c.attr<Keys>("context_sparse_keys")), context_dense_(c.attr<Keys>("context_dense_keys")),
        list_sparse_(c.attr<Keys>("feature_list_sparse_keys")), list_dense_(c.attr<Keys>("feature_list_dense_keys")),
        may_be_missing_(c.attr<Keys>("feature_list_dense_missing_assumed_empty")) {
    if (context_sparse_.size() != attrs_.context_sparse_types.size() ||
        context_dense_.size() != attrs_.context_dense_types.size() ||
        list_sparse_.size() != attrs_.list_sparse_types.size() || list_dense_.size() != attrs_.list_dense_types.size()) {
      c.fail(invalid_argument("There are more or fewer keys than types"));
    }
  }

  Status compute(KernelContext& c) override {
    const Tensor &serialized = c.input(0), &names = c.input(1);
    if (serialized.rank() != 1) {
      return invalid_argument("Expected serialized to be a vector, got shape: {}", serialized.shape().str());
    }
    if (names.num_elements() > 0 && names.num_elements() != serialized.num_elements()) {
      return invalid_argument("Expected len(debug_name) == len(serialized), but got: {} vs. {}", names.num_elements(),
                              serialized.num_elements());
    }
    ASSIGN_OR_RETURN(const SequenceFeatures features,
                     attrs_.features(context_sparse_, context_dense_, list_sparse_, list_dense_, may_be_missing_,
                                     [&](int d) { return c.input(2 + d); }));
    formats::ParsedSequences parsed;
    RETURN_IF_ERROR(formats::parse_sequences(features, serialized.flat<std::string>(), names.flat<std::string>(), &parsed));
    int next = 0;
    put_examples(c, std::move(parsed.context), &next);
    put_examples(c, std::move(parsed.lists), &next);
    for (Tensor& lengths : parsed.dense_lengths) c.set_output(next++, std::move(lengths));
    return OkStatus();
  }

 private:
  SequenceAttrs attrs_;
  Keys context_sparse_, context_dense_, list_sparse_, list_dense_, may_be_missing_;
};

Status parse_sequence_shapes(ShapeContext& c) {
  if (c.concrete()) return unknown_shape(c);
  Shape batch, names, steps;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 1, &batch));
  RETURN_IF_ERROR(c.with_rank(c.input(1), 1, &names));
  int next = 0;
  RETURN_IF_ERROR(put_example_shapes(c, "Ncontext_sparse", "context_dense_shapes", batch, 2, &next));
  RETURN_IF_ERROR(c.concatenate(batch, {Shape::kUnknown}, &steps));
  RETURN_IF_ERROR(put_example_shapes(c, "Nfeature_list_sparse", "feature_list_dense_shapes", steps, 3, &next));
  while (next < c.num_outputs()) c.set_output(next++, batch);
  return OkStatus();
}

REFLOW_OP("ParseSequenceExample")
    .input("serialized: string")
    .input("debug_name: string")
    .input("context_dense_defaults: Tcontext_dense")
    .output("context_sparse_indices: Ncontext_sparse * int64")
    .output("context_sparse_values: context_sparse_types")
    .output("context_sparse_shapes: Ncontext_sparse * int64")
    .output("context_dense_values: Tcontext_dense")
    .output("feature_list_sparse_indices: Nfeature_list_sparse * int64")
    .output("feature_list_sparse_values: feature_list_sparse_types")
    .output("feature_list_sparse_shapes: Nfeature_list_sparse * int64")
    .output("feature_list_dense_values: feature_list_dense_types")
    .output("feature_list_dense_lengths: Nfeature_list_dense * int64")
    .attr("feature_list_dense_missing_assumed_empty: list(string) >= 0")
    .attr("context_sparse_keys: list(string) >= 0")
    .attr("context_dense_keys: list(string) >= 0")
    .attr("feature_list_sparse_keys: list(string) >= 0")
    .attr("feature_list_dense_keys: list(string) >= 0")
    .attr("Ncontext_sparse: int >= 0 = 0")
    .attr("Ncontext_dense: int >= 0 = 0")
    .attr("Nfeature_list_sparse: int >= 0 = 0")
    .attr("Nfeature_list_dense: int >= 0 = 0")
    .attr("context_sparse_types: list({float,int64,string}) >= 0 = []")
    .attr("Tcontext_dense: list({float,int64,string}) >= 0 = []")
    .attr("feature_list_dense_types: list({float,int64,string}) >= 0 = []")
    .attr("context_dense_shapes: list(shape) >= 0 = []")
    .attr("feature_list_sparse_types: list({float,int64,string}) >= 0 = []")
    .attr("feature_list_dense_shapes: list(shape) >= 0 = []")
    .doc("Parses a vector of serialized SequenceExamples. Feature lists become [batch, steps, ...], padded, with their "
         "lengths, or sparse tensors of example, step and value.")
    .shape(parse_sequence_shapes)
    .kernel<ParseSequenceExample>(kCpu)
    .sets_outputs();

class ParseSingleSequenceExample : public Kernel {
 public:
  explicit ParseSingleSequenceExample(KernelInit& c)
      : attrs_(c), num_context_sparse_(attrs_.context_sparse_types.size()),
        num_context_dense_(attrs_.context_dense_types.size()), num_list_sparse_(attrs_.list_sparse_types.size()),
        num_list_dense_(attrs_.list_dense_types.size()) {
    if (c.attr<int64_t>("Ncontext_dense") != static_cast<int64_t>(num_context_dense_)) {
      c.fail(invalid_argument("There are more or fewer keys than types"));
    }
  }

  Status compute(KernelContext& c) override {
    const Tensor &serialized = c.input(0), &missing = c.input(1), &name = c.input(c.num_inputs() - 1);
    if (serialized.rank() != 0) {
      return invalid_argument("Expected serialized to be a scalar, got shape: {}", serialized.shape().str());
    }
    if (name.rank() != 0) return invalid_argument("Expected debug_name to be a scalar, got shape: {}", name.shape().str());
    int next = 2;
    const auto keys = [&](size_t n) {
      std::vector<std::string> group;
      for (size_t i = 0; i < n; ++i) group.push_back(c.input(next++).item<std::string>());
      return group;
    };
    for (int i = 2; i < c.num_inputs() - 1 - static_cast<int>(num_context_dense_); ++i) {
      if (c.input(i).num_elements() != 1) {
        return invalid_argument("Expected each key to be a scalar, got shape: {}", c.input(i).shape().str());
      }
    }
    const auto context_sparse = keys(num_context_sparse_), context_dense = keys(num_context_dense_),
               list_sparse = keys(num_list_sparse_), list_dense = keys(num_list_dense_);
    const auto may_be_missing = missing.flat<std::string>();
    ASSIGN_OR_RETURN(const SequenceFeatures features,
                     attrs_.features(context_sparse, context_dense, list_sparse, list_dense,
                                     {may_be_missing.begin(), may_be_missing.end()},
                                     [&](int d) { return c.input(next + d); }));
    formats::ParsedSequences parsed;
    RETURN_IF_ERROR(formats::parse_single_sequence(features, serialized.item<std::string>(), name.item<std::string>(),
                                                   &parsed));
    int output = 0;
    put_examples(c, std::move(parsed.context), &output);
    put_examples(c, std::move(parsed.lists), &output);
    return OkStatus();
  }

 private:
  SequenceAttrs attrs_;
  size_t num_context_sparse_, num_context_dense_, num_list_sparse_, num_list_dense_;
};

Status parse_single_sequence_shapes(ShapeContext& c) {
  if (c.concrete()) return unknown_shape(c);
  Shape scalar, missing;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 0, &scalar));
  RETURN_IF_ERROR(c.with_rank(c.input(1), 1, &missing));
  int next = 0;
  RETURN_IF_ERROR(put_example_shapes(c, "Ncontext_sparse", "context_dense_shapes", scalar, 1, &next));
  return put_example_shapes(c, "Nfeature_list_sparse", "feature_list_dense_shapes", {Shape::kUnknown}, 2, &next);
}

REFLOW_OP("ParseSingleSequenceExample")
    .input("serialized: string")
    .input("feature_list_dense_missing_assumed_empty: string")
    .input("context_sparse_keys: Ncontext_sparse * string")
    .input("context_dense_keys: Ncontext_dense * string")
    .input("feature_list_sparse_keys: Nfeature_list_sparse * string")
    .input("feature_list_dense_keys: Nfeature_list_dense * string")
    .input("context_dense_defaults: Tcontext_dense")
    .input("debug_name: string")
    .output("context_sparse_indices: Ncontext_sparse * int64")
    .output("context_sparse_values: context_sparse_types")
    .output("context_sparse_shapes: Ncontext_sparse * int64")
    .output("context_dense_values: Tcontext_dense")
    .output("feature_list_sparse_indices: Nfeature_list_sparse * int64")
    .output("feature_list_sparse_values: feature_list_sparse_types")
    .output("feature_list_sparse_shapes: Nfeature_list_sparse * int64")
    .output("feature_list_dense_values: feature_list_dense_types")
    .attr("Ncontext_sparse: int >= 0 = 0")
    .attr("Ncontext_dense: int >= 0 = 0")
    .attr("Nfeature_list_sparse: int >= 0 = 0")
    .attr("Nfeature_list_dense: int >= 0 = 0")
    .attr("context_sparse_types: list({float,int64,string}) >= 0 = []")
    .attr("Tcontext_dense: list({float,int64,string}) >= 0 = []")
    .attr("feature_list_dense_types: list({float,int64,string}) >= 0 = []")
    .attr("context_dense_shapes: list(shape) >= 0 = []")
    .attr("feature_list_sparse_types: list({float,int64,string}) >= 0 = []")
    .attr("feature_list_dense_shapes: list(shape) >= 0 = []")
    .doc("Parses one serialized SequenceExample. Feature lists become [steps, ...], or sparse matrices of step and value.")
    .shape(parse_single_sequence_shapes)
    .kernel<ParseSingleSequenceExample>(kCpu)
    .sets_outputs();

}  // namespace
}  // namespace reflow::ops
