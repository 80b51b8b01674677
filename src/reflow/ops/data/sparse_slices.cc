// SparseTensorSliceDataset: the rows of a sparse tensor, as sparse tensors.

#include "reflow/data/dataset_op.h"
#include "reflow/op/elements.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::data;
using namespace ::reflow::op;

class SparseTensorSliceDataset : public Source {
 public:
  SparseTensorSliceDataset(ElementSpec spec, Tensor indices, Tensor values, Tensor sizes)
      : Source("SparseTensorSlice", std::move(spec)), indices_(std::move(indices)), values_(std::move(values)),
        rows_(sizes.item<int64_t>()), row_sizes_(sizes.rows(1, sizes.num_elements()).copy()) {}
  int64_t cardinality() const override { return rows_; }

 private:
  class Pass : public IteratorOver<SparseTensorSliceDataset> {
   public:
    using IteratorOver::IteratorOver;
    Status next(IteratorContext&, Element* element, bool* end) override {
      const SparseTensorSliceDataset& d = dataset();
      *end = row_ == d.rows_;
      if (*end) return OkStatus();
      const int64_t rank = d.indices_.dim(1), n = d.values_.num_elements(), first = place_;
      const int64_t* const from = d.indices_.data<int64_t>();
      while (place_ < n && from[place_ * rank] == row_) ++place_;
      Tensor indices(DType::kInt64, {place_ - first, rank - 1});
      int64_t* to = indices.data<int64_t>();
      for (int64_t i = first; i < place_; ++i) to = std::copy_n(from + i * rank + 1, rank - 1, to);
      *element = {std::move(indices), d.values_.rows(first, place_), d.row_sizes_};
      ++row_;
      return OkStatus();
    }

   private:
    int64_t row_ = 0, place_ = 0;
  };
  std::unique_ptr<Iterator> make_iterator(std::string prefix) const override {
    return std::make_unique<Pass>(this, std::move(prefix));
  }
  const Tensor indices_, values_;
  const int64_t rows_;
  const Tensor row_sizes_;
};

class Kernel : public DatasetKernel {
 public:
  using DatasetKernel::DatasetKernel;
  StatusOr<DatasetRef> make(KernelContext& c) override {
    const Tensor &indices = c.input(0), &values = c.input(1), &sizes = c.input(2);
    if (indices.rank() != 2) return invalid_argument("Input indices should be a matrix but received shape {}", indices.shape().str());
    if (values.rank() != 1) return invalid_argument("Input values should be a vector but received shape {}", values.shape().str());
    if (sizes.rank() != 1) return invalid_argument("Input shape should be a vector but received shape {}", sizes.shape().str());
    const int64_t rank = sizes.num_elements();
    if (rank < 1 || indices.dim(1) != rank || indices.dim(0) != values.dim(0)) {
      return invalid_argument("Sparse tensor with indices {}, values {} and dense shape {} is none", indices.shape().str(),
                              values.shape().str(), sizes.shape().str());
    }
    if (sizes.item<int64_t>() < 0) return invalid_argument("Dense shape {} is negative", sizes.summarize());
    int64_t last = 0;
    for (int64_t i = 0; i < indices.dim(0); ++i) {
      const int64_t row = indices.data<int64_t>()[i * rank];
      if (row < last || row >= sizes.item<int64_t>()) {
        return unimplemented("The SparseTensor must be ordered in the batch dimension; handling arbitrarily ordered input is not "
                             "currently supported.");
      }
      last = row;
    }
    const ElementSpec spec{{DType::kInt64, values.dtype(), DType::kInt64}, {{-1, rank - 1}, {-1}, {rank - 1}}};
    return std::make_shared<SparseTensorSliceDataset>(spec, indices.retained(), values.retained(), sizes.retained());
  }
};

const OpRegistrar sparse_slices(dataset_op("SparseTensorSliceDataset")
                                    .input("indices: int64")
                                    .input("values: Tvalues")
                                    .input("dense_shape: int64")
                                    .output("handle: variant")
                                    .attr("Tvalues: type")
                                    .stateful()
                                    .doc("A dataset whose elements are the rows of a sparse tensor, which has to be in order: their "
                                         "indices, values and dense shape.")
                                    .kernel<Kernel>(kCpu));

}  // namespace
}  // namespace reflow::ops
