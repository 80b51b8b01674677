// ZipDataset and ConcatenateDataset: several datasets side by side, or one after the other.

#include "reflow/data/dataset_op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::data;
using namespace ::reflow::op;

class ZipDataset : public Dataset {
 public:
  ZipDataset(ElementSpec spec, std::vector<DatasetRef> inputs) : Dataset("Zip", std::move(spec)), inputs_(std::move(inputs)) {}
  int64_t cardinality() const override {
    int64_t least = kInfinite;
    for (const DatasetRef& input : inputs_) least = least_cardinality(least, input->cardinality());
    return least;
  }
  std::vector<DatasetRef> inputs() const override { return inputs_; }
  DatasetRef with_inputs(std::vector<DatasetRef> inputs) const override {
    return std::make_shared<ZipDataset>(spec(), std::move(inputs));
  }

 private:
  class Pass : public IteratorOver<ZipDataset> {
   public:
    using IteratorOver::IteratorOver;
    Status initialize(IteratorContext& c) override {
      for (size_t i = 0; i < dataset().inputs_.size(); ++i) {
        ASSIGN_OR_RETURN(std::unique_ptr<Iterator> input, dataset().inputs_[i]->iterate(c, fmt::format("{}[{}]", prefix(), i)));
        inputs_.push_back(std::move(input));
      }
      return OkStatus();
    }
    Status next(IteratorContext& c, Element* element, bool* end) override {
      *end = inputs_.empty();
      for (const auto& input : inputs_) {
        Element part;
        RETURN_IF_ERROR(input->next(c, &part, end));
        if (*end) break;
        for (Tensor& component : part) element->push_back(std::move(component));
      }
      if (*end) {
        element->clear();
        inputs_.clear();
      }
      return OkStatus();
    }

   private:
    std::vector<std::unique_ptr<Iterator>> inputs_;
  };
  std::unique_ptr<Iterator> make_iterator(std::string prefix) const override {
    return std::make_unique<Pass>(this, std::move(prefix));
  }
  const std::vector<DatasetRef> inputs_;
};

class ConcatenateDataset : public Dataset {
 public:
  ConcatenateDataset(ElementSpec spec, std::vector<DatasetRef> inputs)
      : Dataset("Concatenate", std::move(spec)), inputs_(std::move(inputs)) {}
  int64_t cardinality() const override {
    int64_t sum = 0;
    for (const DatasetRef& input : inputs_) {
      const int64_t n = input->cardinality();
      if (n == kInfinite || sum == kInfinite) sum = kInfinite;
      else if (n == kUnknown || sum == kUnknown || __builtin_add_overflow(sum, n, &sum)) sum = kUnknown;
    }
    return sum;
  }
  std::vector<DatasetRef> inputs() const override { return inputs_; }
  DatasetRef with_inputs(std::vector<DatasetRef> inputs) const override {
    return std::make_shared<ConcatenateDataset>(spec(), std::move(inputs));
  }

 private:
  class Pass : public IteratorOver<ConcatenateDataset> {
   public:
    using IteratorOver::IteratorOver;
    Status initialize(IteratorContext& c) override { return open(c); }
    Status next(IteratorContext& c, Element* element, bool* end) override {
      *end = true;
      while (input_ != nullptr) {
        RETURN_IF_ERROR(input_->next(c, element, end));
        if (!*end) break;
        input_.reset();
        if (++index_ < dataset().inputs_.size()) RETURN_IF_ERROR(open(c));
      }
      return OkStatus();
    }

   private:
    Status open(IteratorContext& c) {
      ASSIGN_OR_RETURN(input_, dataset().inputs_[index_]->iterate(c, fmt::format("{}[{}]", prefix(), index_)));
      return OkStatus();
    }
    size_t index_ = 0;
    std::unique_ptr<Iterator> input_;
  };
  std::unique_ptr<Iterator> make_iterator(std::string prefix) const override {
    return std::make_unique<Pass>(this, std::move(prefix));
  }
  const std::vector<DatasetRef> inputs_;
};

class ZipKernel : public DatasetKernel {
 public:
  using DatasetKernel::DatasetKernel;
  StatusOr<DatasetRef> make(KernelContext& c) override {
    std::vector<DatasetRef> inputs;
    for (int i = 0; i < c.num_inputs(); ++i) {
      ASSIGN_OR_RETURN(DatasetRef input, dataset_of(c.input(i)));
      inputs.push_back(std::move(input));
    }
    return std::make_shared<ZipDataset>(spec(), std::move(inputs));
  }
};

class ConcatenateKernel : public DatasetKernel {
 public:
  using DatasetKernel::DatasetKernel;
  StatusOr<DatasetRef> make(KernelContext& c) override {
    ASSIGN_OR_RETURN(DatasetRef first, dataset_of(c.input(0)));
    ASSIGN_OR_RETURN(DatasetRef second, dataset_of(c.input(1)));
    if (first->spec().types != second->spec().types) {
      return invalid_argument("input dataset and dataset to concatenate have different output_types {} and {}",
                              fmt::join(names(*first), ", "), fmt::join(names(*second), ", "));
    }
    return std::make_shared<ConcatenateDataset>(spec(), std::vector<DatasetRef>{std::move(first), std::move(second)});
  }

 private:
  static std::vector<std::string> names(const Dataset& dataset) {
    std::vector<std::string> names;
    for (const DType type : dataset.spec().types) names.push_back(dtype_spec_name(type));
    return names;
  }
};

const OpRegistrar zip(dataset_op("ZipDataset")
                          .input("input_datasets: N * variant")
                          .output("handle: variant") REFLOW_ELEMENT_ATTRS
                          .attr("N: int >= 1")
                          .doc("Elements that are made of one element of each input; the first input that ends ends it.")
                          .kernel<ZipKernel>(kCpu));

const OpRegistrar concatenate(dataset_op("ConcatenateDataset")
                                  .input("input_dataset: variant")
                                  .input("another_dataset: variant")
                                  .output("handle: variant") REFLOW_ELEMENT_ATTRS
                                  .doc("The elements of the one dataset, then those of the other.")
                                  .kernel<ConcatenateKernel>(kCpu));

}  // namespace
}  // namespace reflow::ops
