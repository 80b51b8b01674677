// Serialized Examples parsed into tensors: a batch, and one at a time.

#include <string>
#include <utility>
#include <vector>

#include "reflow/formats/example_parser.h"
#include "reflow/op/op.h"
#include "reflow/ops/io/parsed_outputs.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;
using formats::DenseFeature;
using formats::ExampleParser;
using formats::ParsedExamples;
using formats::SparseFeature;

// The attributes of both ops.
struct ParseAttrs {
  explicit ParseAttrs(KernelInit& c)
      : sparse_types(c.attr<std::vector<DType>>("sparse_types")),
        dense_types(c.attr<std::vector<DType>>("Tdense")),
        dense_shapes(c.attr<std::vector<Shape>>("dense_shapes")) {
    if (dense_types.size() != dense_shapes.size()) c.fail(invalid_argument("len(dense_keys) != len(dense_shapes)"));
  }
  std::vector<DType> sparse_types, dense_types;
  std::vector<Shape> dense_shapes;
};

// Feature `d`, whose default is `value`. InvalidArgument: it isn't of the feature's shape.
StatusOr<DenseFeature> dense_feature(const ParseAttrs& attrs, int d, std::string key, const Tensor& value) {
  const auto i = static_cast<size_t>(d);
  DenseFeature feature{.key = std::move(key), .type = attrs.dense_types[i], .shape = attrs.dense_shapes[i],
                       .default_value = value};
  RETURN_IF_ERROR(formats::plan_dense_shape(d, &feature));
  return feature;
}

void put_outputs(KernelContext& c, ParsedExamples parsed) {
  int next = 0;
  put_examples(c, std::move(parsed), &next);
}

// The number of keys is told by attributes, the keys themselves are inputs.
class ParseExample : public Kernel {
 public:
  explicit ParseExample(KernelInit& c)
      : attrs_(c), num_sparse_(static_cast<int>(c.attr<int64_t>("Nsparse"))),
        num_dense_(static_cast<int>(c.attr<int64_t>("Ndense"))) {
    if (attrs_.sparse_types.size() != static_cast<size_t>(num_sparse_)) {
      c.fail(invalid_argument("len(sparse_keys) != len(sparse_types)"));
    }
    if (attrs_.dense_types.size() != static_cast<size_t>(num_dense_)) {
      c.fail(invalid_argument("len(dense_keys) != len(dense_types)"));
    }
  }

  Status compute(KernelContext& c) override {
    const Tensor &serialized = c.input(0), &names = c.input(1);
    if (serialized.rank() != 1) {
      return invalid_argument("Expected serialized to be a vector, got shape: {}", serialized.shape().str());
    }
    if (names.rank() != 1) return invalid_argument("Expected names to be a vector, got shape: {}", names.shape().str());
    if (names.num_elements() > 0 && names.num_elements() != serialized.num_elements()) {
      return invalid_argument("Expected len(names) == len(serialized), but got: {} vs. {}", names.num_elements(),
                              serialized.num_elements());
    }
    std::vector<SparseFeature> sparse;
    for (int i = 0; i < num_sparse_; ++i) {
      ASSIGN_OR_RETURN(std::string key, key_of(c.input(2 + i)));
      sparse.push_back({std::move(key), attrs_.sparse_types[static_cast<size_t>(i)]});
    }
    std::vector<DenseFeature> dense;
    for (int d = 0; d < num_dense_; ++d) {
      ASSIGN_OR_RETURN(std::string key, key_of(c.input(2 + num_sparse_ + d)));
      ASSIGN_OR_RETURN(DenseFeature feature,
                       dense_feature(attrs_, d, std::move(key), c.input(2 + num_sparse_ + num_dense_ + d)));
      RETURN_IF_ERROR(formats::check_default(d, feature));
      dense.push_back(std::move(feature));
    }
    ParsedExamples parsed;
    const ExampleParser parser(std::move(dense), std::move(sparse));
    RETURN_IF_ERROR(parser.parse(serialized.flat<std::string>(), names.flat<std::string>(), c.pool(), &parsed));
    put_outputs(c, std::move(parsed));
    return OkStatus();
  }

 private:
  static StatusOr<std::string> key_of(const Tensor& key) {
    if (key.num_elements() == 1) return key.item<std::string>();
    return invalid_argument("Expected each key to be a scalar, got shape: {}", key.shape().str());
  }
  ParseAttrs attrs_;
  int num_sparse_, num_dense_;
};

Status parse_example_shapes(ShapeContext& c) {
  if (c.concrete()) return unknown_shape(c);
  Shape batch, names;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 1, &batch));
  RETURN_IF_ERROR(c.with_rank(c.input(1), 1, &names));
  return example_shapes(c, "Nsparse", "dense_shapes", batch, 2);
}

REFLOW_OP("ParseExample")
    .input("serialized: string")
    .input("names: string")
    .input("sparse_keys: Nsparse * string")
    .input("dense_keys: Ndense * string")
    .input("dense_defaults: Tdense")
    .output("sparse_indices: Nsparse * int64")
    .output("sparse_values: sparse_types")
    .output("sparse_shapes: Nsparse * int64")
    .output("dense_values: Tdense")
    .attr("Nsparse: int >= 0")
    .attr("Ndense: int >= 0")
    .attr("sparse_types: list({float,int64,string}) >= 0")
    .attr("Tdense: list({float,int64,string}) >= 0")
    .attr("dense_shapes: list(shape) >= 0")
    .doc("Parses a vector of serialized Examples. Features of `dense_keys` have a fixed shape, or one whose first dimension "
         "is unknown, which is padded with the default; those of `sparse_keys` become sparse matrices.")
    .shape(parse_example_shapes)
    .kernel<ParseExample>(kCpu)
    .sets_outputs();

class ParseSingleExample : public Kernel {
 public:
  explicit ParseSingleExample(KernelInit& c)
      : attrs_(c), sparse_keys_(c.attr<std::vector<std::string>>("sparse_keys")),
        dense_keys_(c.attr<std::vector<std::string>>("dense_keys")) {
    if (attrs_.sparse_types.size() != sparse_keys_.size()) c.fail(invalid_argument("len(sparse_keys) != len(sparse_types)"));
    if (attrs_.dense_types.size() != dense_keys_.size()) c.fail(invalid_argument("len(dense_keys) != len(dense_types)"));
    if (static_cast<size_t>(c.attr<int64_t>("num_sparse")) != sparse_keys_.size()) {
      c.fail(invalid_argument("num_sparse ({}) must match the size of sparse_keys ({})", c.attr<int64_t>("num_sparse"),
                              sparse_keys_.size()));
    }
  }

  Status compute(KernelContext& c) override {
    const Tensor& serialized = c.input(0);
    if (serialized.rank() != 0) {
      return invalid_argument("Expected serialized to be a scalar, got shape: {}", serialized.shape().str());
    }
    std::vector<SparseFeature> sparse;
    for (size_t i = 0; i < sparse_keys_.size(); ++i) sparse.push_back({sparse_keys_[i], attrs_.sparse_types[i]});
    std::vector<DenseFeature> dense;
    for (size_t i = 0; i < dense_keys_.size(); ++i) {
      const auto d = static_cast<int>(i);
      ASSIGN_OR_RETURN(DenseFeature feature, dense_feature(attrs_, d, dense_keys_[i], c.input(1 + d)));
      if (!feature.variable_length) RETURN_IF_ERROR(formats::check_default(d, feature));
      dense.push_back(std::move(feature));
    }
    ParsedExamples parsed;
    const ExampleParser parser(std::move(dense), std::move(sparse));
    RETURN_IF_ERROR(parser.parse_single(serialized.item<std::string>(), &parsed));
    put_outputs(c, std::move(parsed));
    return OkStatus();
  }

 private:
  ParseAttrs attrs_;
  std::vector<std::string> sparse_keys_, dense_keys_;
};

Status parse_single_example_shapes(ShapeContext& c) {
  if (c.concrete()) return unknown_shape(c);
  Shape scalar;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 0, &scalar));
  return example_shapes(c, "num_sparse", "dense_shapes", scalar, 1);
}

REFLOW_OP("ParseSingleExample")
    .input("serialized: string")
    .input("dense_defaults: Tdense")
    .output("sparse_indices: num_sparse * int64")
    .output("sparse_values: sparse_types")
    .output("sparse_shapes: num_sparse * int64")
    .output("dense_values: Tdense")
    .attr("num_sparse: int >= 0")
    .attr("sparse_keys: list(string) >= 0")
    .attr("dense_keys: list(string) >= 0")
    .attr("sparse_types: list({float,int64,string}) >= 0")
    .attr("Tdense: list({float,int64,string}) >= 0")
    .attr("dense_shapes: list(shape) >= 0")
    .doc("Parses one serialized Example: ParseExample without the batch dimension.")
    .shape(parse_single_example_shapes)
    .kernel<ParseSingleExample>(kCpu)
    .sets_outputs();

}  // namespace
}  // namespace reflow::ops
