// UniqueDataset: each value once.

#include <set>

#include "reflow/data/dataset_op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::data;
using namespace ::reflow::op;

class UniqueDataset : public Transformation<UniqueDataset> {
 public:
  UniqueDataset(ElementSpec spec, DatasetRef input) : Transformation("Unique", std::move(spec), std::move(input)) {}
  static StatusOr<DatasetRef> make(KernelContext&, ElementSpec spec, DatasetRef input) {
    const auto& types = input->spec().types;
    if (types.size() != 1) return invalid_argument("UniqueDataset only supports inputs with a single component.");
    if (types[0] != DType::kInt32 && types[0] != DType::kInt64 && types[0] != DType::kString) {
      return invalid_argument("UniqueDataset only supports inputs with a single `tf.int32`, `tf.int64`, or `tf.string` component.");
    }
    return std::make_shared<UniqueDataset>(std::move(spec), std::move(input));
  }

 private:
  class Pass : public TransformingIterator<UniqueDataset> {
   public:
    using TransformingIterator::TransformingIterator;
    Status next(IteratorContext& c, Element* element, bool* end) override {
      do {
        RETURN_IF_ERROR(c.check());
        element->clear();
        RETURN_IF_ERROR(input().next(c, element, end));
        if (*end) return OkStatus();
      } while (!seen_.insert(bytes_of(element->at(0))).second);
      return OkStatus();
    }

   private:
    static std::string bytes_of(const Tensor& value) {
      std::string bytes = value.shape().str();
      if (value.dtype() != DType::kString) return bytes.append(static_cast<const char*>(value.raw_data()), static_cast<size_t>(value.size_bytes()));
      for (const std::string& text : value.flat<std::string>()) bytes += fmt::format("{}:{}", text.size(), text);
      return bytes;
    }
    std::set<std::string> seen_;
  };
  std::unique_ptr<Iterator> make_iterator(std::string prefix) const override {
    return std::make_unique<Pass>(this, std::move(prefix));
  }
};

OpBuilder unique_op(std::string_view name) {
  return dataset_op(name)
      .input("input_dataset: variant")
      .output("handle: variant") REFLOW_ELEMENT_ATTRS
      .doc("The elements of the input, each value once.")
      .kernel<TransformationKernel<UniqueDataset>>(kCpu);
}
const OpRegistrar unique(unique_op("UniqueDataset"));
const OpRegistrar experimental_unique(unique_op("ExperimentalUniqueDataset"));

}  // namespace
}  // namespace reflow::ops
