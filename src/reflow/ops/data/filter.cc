// FilterDataset, TakeWhileDataset and FilterByLastComponentDataset: the elements that a predicate lets pass.

#include "reflow/data/dataset_op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::data;
using namespace ::reflow::op;

// ends: the first element that doesn't pass ends the dataset.
class FilterDataset : public Transformation<FilterDataset> {
 public:
  FilterDataset(ElementSpec spec, DatasetRef input, CapturedFunction predicate, bool ends)
      : Transformation(ends ? "TakeWhile" : "Filter", std::move(spec), std::move(input)), predicate_(std::move(predicate)), ends_(ends) {}

 private:
  class Pass : public TransformingIterator<FilterDataset> {
   public:
    using TransformingIterator::TransformingIterator;
    Status initialize(IteratorContext& c) override {
      ASSIGN_OR_RETURN(predicate_, dataset().predicate_.instantiate(c));
      return restart(c);
    }
    Status next(IteratorContext& c, Element* element, bool* end) override {
      *end = true;
      if (!has_input()) return OkStatus();
      while (true) {
        element->clear();
        RETURN_IF_ERROR(input().next(c, element, end));
        if (*end) break;
        ASSIGN_OR_RETURN(const bool passes, predicate_.test(c, *element));
        if (passes) return OkStatus();
        if (dataset().ends_) break;
        RETURN_IF_ERROR(c.check());
      }
      drop_input();
      element->clear();
      *end = true;
      return OkStatus();
    }

   private:
    CapturedFunction::Instance predicate_;
  };
  std::unique_ptr<Iterator> make_iterator(std::string prefix) const override {
    return std::make_unique<Pass>(this, std::move(prefix));
  }
  CapturedFunction predicate_;
  bool ends_;
};

template <bool kEnds>
class Kernel : public DatasetKernel {
 public:
  explicit Kernel(KernelInit& c) : DatasetKernel(c), predicate_(c, "predicate") {}
  StatusOr<DatasetRef> make(KernelContext& c) override {
    ASSIGN_OR_RETURN(DatasetRef input, dataset_of(c.input(0)));
    return std::make_shared<FilterDataset>(spec(), std::move(input), predicate_.with_captured(c, 1), kEnds);
  }

 private:
  const FunctionAttr predicate_;
};

template <bool kEnds>
OpBuilder filter_op(std::string_view name) {
  return dataset_op(name)
      .input("input_dataset: variant")
      .input("other_arguments: Targuments")
      .output("handle: variant")
      .attr("predicate: func")
      .attr("Targuments: list(type) >= 0") REFLOW_ELEMENT_ATTRS
      .doc(kEnds ? "The elements before the first of which `predicate` is not true."
                 : "The elements of which `predicate`, a function of them and of `other_arguments`, is true.")
      .template kernel<Kernel<kEnds>>(kCpu);
}
const OpRegistrar filter(filter_op<false>("FilterDataset"));
const OpRegistrar take_while(filter_op<true>("TakeWhileDataset"));
const OpRegistrar experimental_take_while(filter_op<true>("ExperimentalTakeWhileDataset"));

class FilterByLastComponentDataset : public Transformation<FilterByLastComponentDataset> {
 public:
  using Transformation::Transformation;
  static StatusOr<DatasetRef> make(KernelContext&, ElementSpec spec, DatasetRef input) {
    const auto& types = input->spec().types;
    if (types.size() != spec.types.size() + 1 || types.back() != DType::kBool) {
      return invalid_argument("The last component of the dataset must be a scalar bool, behind {} others", spec.types.size());
    }
    return std::make_shared<FilterByLastComponentDataset>("FilterByLastComponent", std::move(spec), std::move(input));
  }

 private:
  class Pass : public TransformingIterator<FilterByLastComponentDataset> {
   public:
    using TransformingIterator::TransformingIterator;
    Status next(IteratorContext& c, Element* element, bool* end) override {
      while (true) {
        element->clear();
        RETURN_IF_ERROR(input().next(c, element, end));
        if (*end) return OkStatus();
        const Tensor passes = std::move(element->back());
        element->pop_back();
        if (passes.dtype() != DType::kBool || passes.num_elements() != 1) {
          return invalid_argument("last component must be a bool scalar.");
        }
        if (passes.item<bool>()) return OkStatus();
        RETURN_IF_ERROR(c.check());
      }
    }
  };
  std::unique_ptr<Iterator> make_iterator(std::string prefix) const override {
    return std::make_unique<Pass>(this, std::move(prefix));
  }
};

const OpRegistrar filter_by_last(dataset_op("FilterByLastComponentDataset")
                                     .input("input_dataset: variant")
                                     .output("output: variant") REFLOW_ELEMENT_ATTRS
                                     .doc("The elements whose last component is true, without it.")
                                     .kernel<TransformationKernel<FilterByLastComponentDataset>>(kCpu));

}  // namespace
}  // namespace reflow::ops
