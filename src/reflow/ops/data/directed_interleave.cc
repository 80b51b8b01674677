// DirectedInterleaveDataset: elements of several datasets, in the order that another one says.

#include "reflow/data/dataset_op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::data;
using namespace ::reflow::op;

class DirectedInterleaveDataset : public Dataset {
 public:
  // inputs[0] chooses among the others.
  DirectedInterleaveDataset(ElementSpec spec, std::vector<DatasetRef> inputs)
      : Dataset("DirectedInterleave", std::move(spec)), inputs_(std::move(inputs)) {}
  std::vector<DatasetRef> inputs() const override { return inputs_; }
  DatasetRef with_inputs(std::vector<DatasetRef> inputs) const override {
    return std::make_shared<DirectedInterleaveDataset>(spec(), std::move(inputs));
  }

 private:
  class Pass : public IteratorOver<DirectedInterleaveDataset> {
   public:
    using IteratorOver::IteratorOver;
    Status initialize(IteratorContext& c) override {
      for (size_t i = 0; i < dataset().inputs_.size(); ++i) {
        ASSIGN_OR_RETURN(std::unique_ptr<Iterator> input, dataset().inputs_[i]->iterate(c, fmt::format("{}[{}]", prefix(), i)));
        inputs_.push_back(std::move(input));
      }
      left_ = inputs_.size() - 1;
      return OkStatus();
    }
    Status next(IteratorContext& c, Element* element, bool* end) override {
      *end = true;
      while (left_ > 0 && inputs_[0] != nullptr) {
        Element selected;
        RETURN_IF_ERROR(inputs_[0]->next(c, &selected, end));
        if (*end) break;
        const int64_t chosen = selected.at(0).item<int64_t>();
        if (chosen < 0 || chosen + 1 >= static_cast<int64_t>(inputs_.size())) {
          return invalid_argument("Selector index out of range: {} >= {}", chosen, inputs_.size() - 1);
        }
        std::unique_ptr<Iterator>& input = inputs_[static_cast<size_t>(chosen) + 1];
        if (input == nullptr) continue;  // it has ended: the choice is passed over
        RETURN_IF_ERROR(input->next(c, element, end));
        if (!*end) return OkStatus();
        input.reset();
        --left_;
        RETURN_IF_ERROR(c.check());
      }
      inputs_.clear();
      inputs_.resize(1);
      left_ = 0;
      *end = true;
      return OkStatus();
    }

   private:
    std::vector<std::unique_ptr<Iterator>> inputs_;
    size_t left_ = 0;
  };
  std::unique_ptr<Iterator> make_iterator(std::string prefix) const override {
    return std::make_unique<Pass>(this, std::move(prefix));
  }
  const std::vector<DatasetRef> inputs_;
};

class Kernel : public DatasetKernel {
 public:
  using DatasetKernel::DatasetKernel;
  StatusOr<DatasetRef> make(KernelContext& c) override {
    std::vector<DatasetRef> inputs;
    for (int i = 0; i < c.num_inputs(); ++i) {
      ASSIGN_OR_RETURN(DatasetRef input, dataset_of(c.input(i)));
      if (i > 1 && input->spec().types != inputs[1]->spec().types) {
        return invalid_argument("All inputs to DirectedInterleaveDataset must have the same types");
      }
      inputs.push_back(std::move(input));
    }
    const ElementSpec& selector = inputs[0]->spec();
    if (selector.types.size() != 1 || selector.types[0] != DType::kInt64 || selector.shapes.size() != 1 ||
        !selector.shapes[0].compatible_with(Shape{})) {
      return invalid_argument("The selector dataset must be a dataset of scalar int64 elements.");
    }
    return std::make_shared<DirectedInterleaveDataset>(spec(), std::move(inputs));
  }
};

OpBuilder directed_interleave_op(std::string_view name) {
  return dataset_op(name)
      .input("selector_input_dataset: variant")
      .input("data_input_datasets: N * variant")
      .output("handle: variant") REFLOW_ELEMENT_ATTRS
      .attr("N: int >= 1")
      .doc("The next element of the dataset whose number the next element of `selector_input_dataset` is, until that has "
           "ended or all others have.")
      .kernel<Kernel>(kCpu);
}
const OpRegistrar directed_interleave(directed_interleave_op("DirectedInterleaveDataset"));
const OpRegistrar experimental_directed_interleave(directed_interleave_op("ExperimentalDirectedInterleaveDataset"));

}  // namespace
}  // namespace reflow::ops
