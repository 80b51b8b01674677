// MapDataset: what a function makes of each element.

#include "reflow/data/dataset_op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::data;
using namespace ::reflow::op;

class MapDataset : public Transformation<MapDataset> {
 public:
  MapDataset(ElementSpec spec, DatasetRef input, CapturedFunction function, bool preserve_cardinality)
      : Transformation("Map", std::move(spec), std::move(input)), function_(std::move(function)),
        preserve_cardinality_(preserve_cardinality) {}
  int64_t cardinality() const override { return input()->cardinality(); }

 private:
  class Pass : public TransformingIterator<MapDataset> {
   public:
    using TransformingIterator::TransformingIterator;
    Status initialize(IteratorContext& c) override {
      ASSIGN_OR_RETURN(function_, dataset().function_.instantiate(c));
      return restart(c);
    }
    Status next(IteratorContext& c, Element* element, bool* end) override {
      Element arguments;
      RETURN_IF_ERROR(input().next(c, &arguments, end));
      if (*end) return OkStatus();
      auto result = function_.call(c, std::move(arguments));
      if (result.ok()) {
        RETURN_IF_ERROR(check_types(*result, dataset().spec()));
        *element = *std::move(result);
        return OkStatus();
      }
      if (result.status().code() != StatusCode::kOutOfRange) return result.status();
      // The function may end the dataset so.
      if (dataset().preserve_cardinality_) {
        return invalid_argument("Function invocation produced OutOfRangeError: {}", message_of(result.status()));
      }
      *end = true;
      return OkStatus();
    }
    Status pass_over(IteratorContext& c, int64_t n, int64_t* passed) override {
      // The function has to be asked where it may end the dataset.
      return dataset().preserve_cardinality_ ? input().pass_over(c, n, passed) : Iterator::pass_over(c, n, passed);
    }

   private:
    CapturedFunction::Instance function_;
  };
  std::unique_ptr<Iterator> make_iterator(std::string prefix) const override {
    return std::make_unique<Pass>(this, std::move(prefix));
  }
  CapturedFunction function_;
  bool preserve_cardinality_;
};

class Kernel : public DatasetKernel {
 public:
  explicit Kernel(KernelInit& c)
      : DatasetKernel(c), function_(c, "f"), preserve_cardinality_(c.attr<bool>("preserve_cardinality")) {}
  StatusOr<DatasetRef> make(KernelContext& c) override {
    ASSIGN_OR_RETURN(DatasetRef input, dataset_of(c.input(0)));
    return std::make_shared<MapDataset>(spec(), std::move(input), function_.with_captured(c, 1), preserve_cardinality_);
  }

 private:
  const FunctionAttr function_;
  const bool preserve_cardinality_;
};

OpBuilder map_op(std::string_view name) {
  return dataset_op(name)
      .input("input_dataset: variant")
      .input("other_arguments: Targuments")
      .output("handle: variant")
      .attr("f: func")
      .attr("Targuments: list(type) >= 0") REFLOW_ELEMENT_ATTRS
      .attr("use_inter_op_parallelism: bool = true")
      .attr("preserve_cardinality: bool = false")
      .doc("What `f` makes of each element and of `other_arguments`.")
      .kernel<Kernel>(kCpu);
}
const OpRegistrar map(map_op("MapDataset"));
const OpRegistrar experimental_map(map_op("ExperimentalMapDataset"));

}  // namespace
}  // namespace reflow::ops
