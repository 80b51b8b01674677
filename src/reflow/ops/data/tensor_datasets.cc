// TensorDataset and TensorSliceDataset: tensors as one element, or their rows as elements.

#include <algorithm>

#include "reflow/data/dataset_op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::data;
using namespace ::reflow::op;

Element inputs_of(KernelContext& c) {
  Element components;
  for (int i = 0; i < c.num_inputs(); ++i) components.push_back(c.input(i).retained());
  return components;
}

class TensorDataset : public Source {
 public:
  TensorDataset(ElementSpec spec, Element element) : Source("Tensor", std::move(spec)), element_(std::move(element)) {}
  int64_t cardinality() const override { return 1; }

 private:
  class Pass : public IteratorOver<TensorDataset> {
   public:
    using IteratorOver::IteratorOver;
    Status next(IteratorContext&, Element* element, bool* end) override {
      *end = std::exchange(produced_, true);
      if (!*end) *element = dataset().element_;
      return OkStatus();
    }

   private:
    bool produced_ = false;
  };
  std::unique_ptr<Iterator> make_iterator(std::string prefix) const override {
    return std::make_unique<Pass>(this, std::move(prefix));
  }
  const Element element_;
};

class TensorSliceDataset : public Source {
 public:
  TensorSliceDataset(ElementSpec spec, Element components)
      : Source("TensorSlice", std::move(spec)), components_(std::move(components)), rows_(components_[0].dim(0)) {
    for (const Tensor& component : components_) row_shapes_.push_back(component.shape().sub_shape(1, component.rank()));
  }
  int64_t cardinality() const override { return rows_; }

 private:
  class Pass : public IteratorOver<TensorSliceDataset> {
   public:
    using IteratorOver::IteratorOver;
    Status next(IteratorContext&, Element* element, bool* end) override {
      const TensorSliceDataset& d = dataset();
      *end = row_ >= d.rows_;
      if (*end) return OkStatus();
      element->reserve(d.components_.size());
      for (size_t i = 0; i < d.components_.size(); ++i) {
        element->push_back(d.components_[i].rows(row_, row_ + 1).reshaped(d.row_shapes_[i]));
      }
      ++row_;
      return OkStatus();
    }
    Status next_rows(IteratorContext&, int64_t n, Element* element, int64_t* rows) override {
      *rows = std::min(n, dataset().rows_ - row_);
      if (*rows == 0) return OkStatus();
      for (const Tensor& component : dataset().components_) element->push_back(component.rows(row_, row_ + *rows));
      row_ += *rows;
      return OkStatus();
    }
    Status pass_over(IteratorContext&, int64_t n, int64_t* passed) override {
      *passed = std::min(n, dataset().rows_ - row_);
      row_ += *passed;
      return OkStatus();
    }

   private:
    int64_t row_ = 0;
  };
  std::unique_ptr<Iterator> make_iterator(std::string prefix) const override {
    return std::make_unique<Pass>(this, std::move(prefix));
  }
  const Element components_;
  const int64_t rows_;
  std::vector<Shape> row_shapes_;
};

class TensorKernel : public DatasetKernel {
 public:
  using DatasetKernel::DatasetKernel;
  StatusOr<DatasetRef> make(KernelContext& c) override { return std::make_shared<TensorDataset>(spec(), inputs_of(c)); }
};

class TensorSliceKernel : public DatasetKernel {
 public:
  using DatasetKernel::DatasetKernel;
  StatusOr<DatasetRef> make(KernelContext& c) override {
    for (int i = 0; i < c.num_inputs(); ++i) {
      if (c.input(i).rank() < 1) {
        return invalid_argument("All components must be at least 1-dimensional");
      }
      if (c.input(i).dim(0) != c.input(0).dim(0)) {
        return invalid_argument("All components must have the same size in the 0th dimension");
      }
    }
    return std::make_shared<TensorSliceDataset>(spec(), inputs_of(c));
  }
};

const OpRegistrar tensor(dataset_op("TensorDataset")
                             .input("components: Toutput_types")
                             .output("handle: variant")
                             .attr("Toutput_types: list(type) >= 1")
                             .attr("output_shapes: list(shape) >= 1")
                             .stateful()
                             .doc("A dataset of one element, which has these components.")
                             .kernel<TensorKernel>(kCpu));

// The rows that are known of each component have to be as many.
Status slices_shape(ShapeContext& c) {
  int64_t rows = Shape::kUnknown;
  for (int i = 0; i < c.num_inputs(); ++i) {
    Shape component;
    RETURN_IF_ERROR(c.with_rank_at_least(c.input(i), 1, &component));
    if (component.known_rank()) RETURN_IF_ERROR(c.merge_dim(component.dim(0), rows, &rows));
  }
  c.set_output(0, Shape{});
  return OkStatus();
}

const OpRegistrar slices(dataset_op("TensorSliceDataset")
                             .input("components: Toutput_types")
                             .output("handle: variant")
                             .attr("Toutput_types: list(type) >= 1")
                             .attr("output_shapes: list(shape) >= 1")
                             .stateful()
                             .doc("A dataset whose elements have the rows of the components for theirs.")
                             .shape(slices_shape)
                             .kernel<TensorSliceKernel>(kCpu));

}  // namespace
}  // namespace reflow::ops
