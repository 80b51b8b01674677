// ScanDataset: what a function makes of each element and of a state that it hands on.

#include "reflow/data/dataset_op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::data;
using namespace ::reflow::op;

class ScanDataset : public Transformation<ScanDataset> {
 public:
  ScanDataset(ElementSpec spec, DatasetRef input, Element state, CapturedFunction function, bool preserve_cardinality)
      : Transformation("Scan", std::move(spec), std::move(input)), state_(std::move(state)), function_(std::move(function)),
        preserve_cardinality_(preserve_cardinality) {}
  int64_t cardinality() const override { return input()->cardinality(); }

 private:
  class Pass : public TransformingIterator<ScanDataset> {
   public:
    using TransformingIterator::TransformingIterator;
    Status initialize(IteratorContext& c) override {
      ASSIGN_OR_RETURN(function_, dataset().function_.instantiate(c));
      state_ = dataset().state_;
      return restart(c);
    }
    Status next(IteratorContext& c, Element* element, bool* end) override {
      Element taken;
      RETURN_IF_ERROR(input().next(c, &taken, end));
      if (*end) return OkStatus();
      Element arguments = state_;
      for (Tensor& component : taken) arguments.push_back(std::move(component));
      auto result = function_.call(c, std::move(arguments));
      if (!result.ok()) {
        if (result.status().code() != StatusCode::kOutOfRange) return result.status();
        if (dataset().preserve_cardinality_) {
          return invalid_argument("Function invocation produced OutOfRangeError: {}", message_of(result.status()));
        }
        *end = true;
        return OkStatus();
      }
      const size_t n = state_.size();
      if (result->size() != n + dataset().spec().types.size()) {
        return invalid_argument("The function gives {} results, where {} are expected", result->size(),
                                n + dataset().spec().types.size());
      }
      for (size_t i = 0; i < n; ++i) {
        if ((*result)[i].dtype() != state_[i].dtype()) {
          return invalid_argument("Got wrong type for scan_func return value {} (expected {}, got {}).", i,
                                  dtype_spec_name(state_[i].dtype()), dtype_spec_name((*result)[i].dtype()));
        }
        state_[i] = std::move((*result)[i]);
      }
      element->assign(std::make_move_iterator(result->begin() + n), std::make_move_iterator(result->end()));
      return check_types(*element, dataset().spec());
    }

   private:
    CapturedFunction::Instance function_;
    Element state_;
  };
  std::unique_ptr<Iterator> make_iterator(std::string prefix) const override {
    return std::make_unique<Pass>(this, std::move(prefix));
  }
  Element state_;
  CapturedFunction function_;
  bool preserve_cardinality_;
};

class Kernel : public DatasetKernel {
 public:
  explicit Kernel(KernelInit& c)
      : DatasetKernel(c), function_(c, "f"), num_state_(static_cast<int>(c.attr<std::vector<DType>>("Tstate").size())),
        preserve_cardinality_(c.attr<bool>("preserve_cardinality")) {}
  StatusOr<DatasetRef> make(KernelContext& c) override {
    ASSIGN_OR_RETURN(DatasetRef input, dataset_of(c.input(0)));
    Element state;
    for (int i = 0; i < num_state_; ++i) state.push_back(c.input(1 + i).retained());
    return std::make_shared<ScanDataset>(spec(), std::move(input), std::move(state),
                                         function_.with_captured(c, 1 + num_state_), preserve_cardinality_);
  }

 private:
  const FunctionAttr function_;
  const int num_state_;
  const bool preserve_cardinality_;
};

OpBuilder scan_op(std::string_view name) {
  return dataset_op(name)
      .input("input_dataset: variant")
      .input("initial_state: Tstate")
      .input("other_arguments: Targuments")
      .output("handle: variant")
      .attr("f: func")
      .attr("Tstate: list(type) >= 1")
      .attr("Targuments: list(type) >= 0") REFLOW_ELEMENT_ATTRS
      .attr("preserve_cardinality: bool = false")
      .doc("`f` of the state and each element gives the next state, behind which come the components of an element. The "
           "state begins with `initial_state`.")
      .kernel<Kernel>(kCpu);
}
const OpRegistrar scan(scan_op("ScanDataset"));
const OpRegistrar experimental_scan(scan_op("ExperimentalScanDataset"));

}  // namespace
}  // namespace reflow::ops
