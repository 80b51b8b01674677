// ParseExampleDataset: the features of serialized Examples, batch by batch.

#include <algorithm>

#include "reflow/data/dataset_op.h"
#include "reflow/formats/example_parser.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::data;
using namespace ::reflow::op;

// Where a feature's values are among those of its kind.
struct Place {
  bool is_dense;
  size_t index;
};

struct Parsing {
  Parsing(std::vector<formats::DenseFeature> dense, std::vector<formats::SparseFeature> sparse)
      : parser(std::move(dense), std::move(sparse)) {
    for (size_t i = 0; i < parser.dense().size(); ++i) places.emplace_back(parser.dense()[i].key, Place{true, i});
    for (size_t i = 0; i < parser.sparse().size(); ++i) places.emplace_back(parser.sparse()[i].key, Place{false, i});
    std::ranges::sort(places, {}, [](const auto& place) { return place.first; });
  }
  formats::ExampleParser parser;
  std::vector<std::pair<std::string, Place>> places;  // by key: components of an element are in the order of a sorted dict
};

// All threads work on one batch: several batches at once would give no more.
class ParseExampleDataset : public Transformation<ParseExampleDataset> {
 public:
  ParseExampleDataset(ElementSpec spec, DatasetRef input, std::shared_ptr<const Parsing> parsing)
      : Transformation("ParseExample", std::move(spec), std::move(input)), parsing_(std::move(parsing)) {}
  int64_t cardinality() const override { return input()->cardinality(); }

 private:
  class Pass : public TransformingIterator<ParseExampleDataset> {
   public:
    using TransformingIterator::TransformingIterator;
    Status next(IteratorContext& c, Element* element, bool* end) override {
      Element batch;
      RETURN_IF_ERROR(input().next(c, &batch, end));
      if (*end) return OkStatus();
      if (batch.size() != 1 || batch[0].dtype() != DType::kString || batch[0].rank() != 1) {
        return invalid_argument("Expected serialized to be a vector of strings");
      }
      const Parsing& parsing = *dataset().parsing_;
      formats::ParsedExamples parsed;
      RETURN_IF_ERROR(parsing.parser.parse(batch[0].flat<std::string>(), {}, c.pool(), &parsed));
      for (const auto& [key, place] : parsing.places) {
        element->push_back(place.is_dense ? std::move(parsed.dense_values[place.index]) : serialized(parsed, place.index));
      }
      return check_types(*element, dataset().spec());
    }
    Status pass_over(IteratorContext& c, int64_t n, int64_t* passed) override { return input().pass_over(c, n, passed); }

   private:
    // As SerializeSparse has it.
    static Tensor serialized(formats::ParsedExamples& parsed, size_t i) {
      constexpr char kTypeName[] = "tensorflow::Tensor";
      Tensor tensor(DType::kVariant, {3});
      auto* const parts = tensor.data<Variant>();
      parts[0] = Variant::of(kTypeName, std::move(parsed.sparse_indices[i]));
      parts[1] = Variant::of(kTypeName, std::move(parsed.sparse_values[i]));
      parts[2] = Variant::of(kTypeName, std::move(parsed.sparse_shapes[i]));
      return tensor;
    }
  };
  std::unique_ptr<Iterator> make_iterator(std::string prefix) const override {
    return std::make_unique<Pass>(this, std::move(prefix));
  }
  std::shared_ptr<const Parsing> parsing_;
};

class Kernel : public DatasetKernel {
 public:
  explicit Kernel(KernelInit& c)
      : DatasetKernel(c), sparse_keys_(c.attr<std::vector<std::string>>("sparse_keys")),
        dense_keys_(c.attr<std::vector<std::string>>("dense_keys")),
        sparse_types_(c.attr<std::vector<DType>>("sparse_types")), dense_types_(c.attr<std::vector<DType>>("Tdense")),
        dense_shapes_(c.attr<std::vector<Shape>>("dense_shapes")) {
    if (dense_keys_.size() != dense_types_.size()) c.fail(invalid_argument("len(dense_keys) != len(dense_types)"));
    if (dense_shapes_.size() != dense_types_.size()) c.fail(invalid_argument("len(dense_keys) != len(dense_shapes)"));
    if (sparse_keys_.size() != sparse_types_.size()) c.fail(invalid_argument("len(sparse_keys) != len(sparse_types)"));
  }

  StatusOr<DatasetRef> make(KernelContext& c) override {
    ASSIGN_OR_RETURN(DatasetRef input, dataset_of(c.input(0)));
    ASSIGN_OR_RETURN(const int64_t calls, scalar_input<int64_t>(c, 1, "num_parallel_calls"));
    if (calls <= 0 && calls != -1) return invalid_argument("num_parallel_calls must be greater than zero.");
    std::vector<formats::DenseFeature> dense;
    for (size_t i = 0; i < dense_keys_.size(); ++i) {
      const auto d = static_cast<int>(i);
      formats::DenseFeature feature{.key = dense_keys_[i], .type = dense_types_[i], .shape = dense_shapes_[i],
                                    .default_value = c.input(2 + d).retained()};
      RETURN_IF_ERROR(formats::plan_dense_shape(d, &feature));
      RETURN_IF_ERROR(formats::check_default(d, feature));
      dense.push_back(std::move(feature));
    }
    std::vector<formats::SparseFeature> sparse;
    for (size_t i = 0; i < sparse_keys_.size(); ++i) sparse.push_back({sparse_keys_[i], sparse_types_[i]});
    return std::make_shared<ParseExampleDataset>(spec(), std::move(input),
                                                 std::make_shared<const Parsing>(std::move(dense), std::move(sparse)));
  }

 private:
  const std::vector<std::string> sparse_keys_, dense_keys_;
  const std::vector<DType> sparse_types_, dense_types_;
  const std::vector<Shape> dense_shapes_;
};

OpBuilder parse_example_op(std::string_view name) {
  return dataset_op(name)
      .input("input_dataset: variant")
      .input("num_parallel_calls: int64")
      .input("dense_defaults: Tdense")
      .output("handle: variant")
      .attr("sparse_keys: list(string) >= 0")
      .attr("dense_keys: list(string) >= 0")
      .attr("sparse_types: list({float,int64,string}) >= 0")
      .attr("Tdense: list({float,int64,string}) >= 0")
      .attr("dense_shapes: list(shape) >= 0") REFLOW_ELEMENT_ATTRS
      .attr("sloppy: bool = false")
      .doc("The features of a dataset of vectors of serialized Examples, in the order of their keys: those of `dense_keys` as "
           "ParseExample gives them, those of `sparse_keys` serialized as by SerializeSparse.")
      .kernel<Kernel>(kCpu);
}
const OpRegistrar parse_example(parse_example_op("ParseExampleDataset"));
const OpRegistrar experimental_parse_example(parse_example_op("ExperimentalParseExampleDataset"));

}  // namespace
}  // namespace reflow::ops
