// IgnoreErrorsDataset: the elements that do not fail.

#include "reflow/data/dataset_op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::data;
using namespace ::reflow::op;

class IgnoreErrorsDataset : public Transformation<IgnoreErrorsDataset> {
 public:
  IgnoreErrorsDataset(ElementSpec spec, DatasetRef input)
      : Transformation("IgnoreErrors", std::move(spec), std::move(input)) {}
  int64_t cardinality() const override { return input()->cardinality(); }
  static StatusOr<DatasetRef> make(KernelContext&, ElementSpec spec, DatasetRef input) {
    return std::make_shared<IgnoreErrorsDataset>(std::move(spec), std::move(input));
  }

 private:
  class Pass : public TransformingIterator<IgnoreErrorsDataset> {
   public:
    using TransformingIterator::TransformingIterator;
    Status next(IteratorContext& c, Element* element, bool* end) override {
      Status status;
      do {
        RETURN_IF_ERROR(c.check());
        element->clear();
        status = input().next(c, element, end);
      } while (!status.ok());
      return OkStatus();
    }
  };
  std::unique_ptr<Iterator> make_iterator(std::string prefix) const override {
    return std::make_unique<Pass>(this, std::move(prefix));
  }
};

OpBuilder ignore_errors_op(std::string_view name) {
  return dataset_op(name)
      .input("input_dataset: variant")
      .output("handle: variant") REFLOW_ELEMENT_ATTRS
      .doc("The elements of the input, without those that fail.")
      .kernel<TransformationKernel<IgnoreErrorsDataset>>(kCpu);
}
const OpRegistrar ignore_errors(ignore_errors_op("IgnoreErrorsDataset"));
const OpRegistrar experimental_ignore_errors(ignore_errors_op("ExperimentalIgnoreErrorsDataset"));

}  // namespace
}  // namespace reflow::ops
