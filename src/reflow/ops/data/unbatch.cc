// UnbatchDataset: the rows of each element.

#include "reflow/data/dataset_op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::data;
using namespace ::reflow::op;

class UnbatchDataset : public Transformation<UnbatchDataset> {
 public:
  UnbatchDataset(ElementSpec spec, DatasetRef input) : Transformation("Unbatch", std::move(spec), std::move(input)) {}
  static StatusOr<DatasetRef> make(KernelContext&, ElementSpec spec, DatasetRef input) {
    return std::make_shared<UnbatchDataset>(std::move(spec), std::move(input));
  }

 private:
  class Pass : public TransformingIterator<UnbatchDataset> {
   public:
    using TransformingIterator::TransformingIterator;
    Status next(IteratorContext& c, Element* element, bool* end) override {
      *end = true;
      if (!has_input()) return OkStatus();
      while (row_ == rows_) {
        row_ = rows_ = 0;
        Element batch;
        RETURN_IF_ERROR(input().next(c, &batch, end));
        if (*end) {
          drop_input();
          return OkStatus();
        }
        RETURN_IF_ERROR(take(std::move(batch)));
        RETURN_IF_ERROR(c.check());
      }
      for (size_t i = 0; i < batch_.size(); ++i) {
        element->push_back(batch_[i].rows(row_, row_ + 1).reshaped(batch_[i].shape().sub_shape(1, batch_[i].rank())));
      }
      ++row_;
      *end = false;
      return OkStatus();
    }

   private:
    Status take(Element batch) {
      for (const Tensor& component : batch) {
        if (component.rank() == 0) return invalid_argument("Input element must have a non-scalar value in each component.");
        if (component.dim(0) != batch[0].dim(0)) {
          return invalid_argument("Input element must have the same batch size in each component. Component 0 had size {} but "
                                  "component {} had size, {}.", batch[0].dim(0), &component - batch.data(), component.dim(0));
        }
      }
      rows_ = batch.empty() ? 0 : batch[0].dim(0);
      batch_ = std::move(batch);
      return OkStatus();
    }
    Element batch_;
    int64_t row_ = 0, rows_ = 0;
  };
  std::unique_ptr<Iterator> make_iterator(std::string prefix) const override {
    return std::make_unique<Pass>(this, std::move(prefix));
  }
};

OpBuilder unbatch_op(std::string_view name) {
  return dataset_op(name)
      .input("input_dataset: variant")
      .output("handle: variant") REFLOW_ELEMENT_ATTRS
      .doc("The rows of the components of each element.")
      .kernel<TransformationKernel<UnbatchDataset>>(kCpu);
}
const OpRegistrar unbatch(unbatch_op("UnbatchDataset"));
const OpRegistrar experimental_unbatch(unbatch_op("ExperimentalUnbatchDataset"));

}  // namespace
}  // namespace reflow::ops
