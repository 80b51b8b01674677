// DenseToSparseBatchDataset: elements of different shapes as one sparse tensor.

#include <algorithm>

#include "reflow/data/dataset_op.h"
#include "reflow/op/elements.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::data;
using namespace ::reflow::op;

class SparseBatchDataset : public Transformation<SparseBatchDataset> {
 public:
  SparseBatchDataset(ElementSpec spec, DatasetRef input, int64_t batch_size, std::vector<int64_t> row_shape)
      : Transformation("DenseToSparseBatch", std::move(spec), std::move(input)), batch_size_(batch_size),
        row_shape_(std::move(row_shape)) {}

 private:
  class Pass : public TransformingIterator<SparseBatchDataset> {
   public:
    using TransformingIterator::TransformingIterator;
    Status next(IteratorContext& c, Element* element, bool* end) override {
      *end = false;
      std::vector<Tensor> rows;
      while (!*end && static_cast<int64_t>(rows.size()) < dataset().batch_size_) {
        Element row;
        RETURN_IF_ERROR(input().next(c, &row, end));
        if (*end) break;
        RETURN_IF_ERROR(check(row));
        rows.push_back(std::move(row[0]));
        if (rows.size() % 1024 == 0) RETURN_IF_ERROR(c.check());
      }
      *end = rows.empty();
      if (*end) return OkStatus();
      return assemble(rows, element);
    }

   private:
    Status check(const Element& row) const {
      const std::vector<int64_t>& most = dataset().row_shape_;
      if (row.size() != 1) return invalid_argument("DenseToSparseDataset only supports inputs with a single component.");
      if (row[0].rank() != static_cast<int>(most.size())) {
        return invalid_argument("Input element had shape ({}) that is incompatible with the row shape ({}).",
                                row[0].shape().str(), Shape(most).str());
      }
      for (int d = 0; d < row[0].rank(); ++d) {
        if (most[d] < 0 || row[0].dim(d) <= most[d]) continue;
        return data_loss("Input element had shape ({}) that is larger than the row shape ({}).", row[0].shape().str(),
                         Shape(most).str());
      }
      return OkStatus();
    }

    Status assemble(const std::vector<Tensor>& rows, Element* element) const {
      const int rank = rows[0].rank();
      int64_t n = 0;
      Tensor size(DType::kInt64, {rank + 1});
      int64_t* const extent = size.data<int64_t>();
      extent[0] = static_cast<int64_t>(rows.size());
      for (int d = 0; d < rank; ++d) extent[d + 1] = std::max<int64_t>(dataset().row_shape_[d], 0);
      for (const Tensor& row : rows) {
        n += row.num_elements();
        if (row.dtype() != rows[0].dtype()) return invalid_argument("The elements of a batch have different types");
        for (int d = 0; d < rank; ++d) extent[d + 1] = std::max(extent[d + 1], row.dim(d));
      }
      Tensor indices(DType::kInt64, {n, rank + 1}), values(rows[0].dtype(), {n});
      int64_t* to = indices.data<int64_t>();
      with_element(values.dtype(), [&]<typename E>() {
        E* value = static_cast<E*>(values.raw_data());
        for (const Tensor& row : rows) {
          copy_elements(value, static_cast<const E*>(row.raw_data()), row.num_elements());
          value += row.num_elements();
        }
      });
      std::vector<int64_t> place(rank);
      for (size_t r = 0; r < rows.size(); ++r) {
        std::ranges::fill(place, 0);
        for (int64_t i = 0; i < rows[r].num_elements(); ++i) {
          *to++ = static_cast<int64_t>(r);
          to = std::ranges::copy(place, to).out;
          for (int d = rank - 1; d >= 0 && ++place[d] == rows[r].dim(d); --d) place[d] = 0;
        }
      }
      Tensor serialized(DType::kVariant, {3});
      Variant* const parts = serialized.data<Variant>();
      parts[0] = Variant::of("tensorflow::Tensor", std::move(indices));
      parts[1] = Variant::of("tensorflow::Tensor", std::move(values));
      parts[2] = Variant::of("tensorflow::Tensor", std::move(size));
      element->push_back(std::move(serialized));
      return OkStatus();
    }
  };
  std::unique_ptr<Iterator> make_iterator(std::string prefix) const override {
    return std::make_unique<Pass>(this, std::move(prefix));
  }
  int64_t batch_size_;
  std::vector<int64_t> row_shape_;  // -1: as large as the largest of the batch
};

class Kernel : public DatasetKernel {
 public:
  using DatasetKernel::DatasetKernel;
  StatusOr<DatasetRef> make(KernelContext& c) override {
    ASSIGN_OR_RETURN(DatasetRef input, dataset_of(c.input(0)));
    ASSIGN_OR_RETURN(const int64_t batch_size, scalar_input<int64_t>(c, 1, "batch_size"));
    if (batch_size <= 0) return invalid_argument("Batch size must be greater than zero.");
    ASSIGN_OR_RETURN(std::vector<int64_t> row_shape, vector_input<int64_t>(c, 2, "row_shape"));
    constexpr size_t kMaxRank = 254;
    if (row_shape.size() > kMaxRank || std::ranges::any_of(row_shape, [](int64_t size) { return size < -1; })) {
      return invalid_argument("row_shape has to have sizes of -1 or more, and no more than {} of them", kMaxRank);
    }
    return std::make_shared<SparseBatchDataset>(spec(), std::move(input), batch_size, std::move(row_shape));
  }
};

OpBuilder sparse_batch_op(std::string_view name) {
  return dataset_op(name)
      .input("input_dataset: variant")
      .input("batch_size: int64")
      .input("row_shape: int64")
      .output("handle: variant") REFLOW_ELEMENT_ATTRS
      .doc("Batches of elements of different shapes, each a sparse tensor, whose rows have the shape `row_shape`; where that is "
           "-1, the largest size of the batch.")
      .kernel<Kernel>(kCpu);
}
const OpRegistrar sparse_batch(sparse_batch_op("DenseToSparseBatchDataset"));
const OpRegistrar experimental_sparse_batch(sparse_batch_op("ExperimentalDenseToSparseBatchDataset"));

}  // namespace
}  // namespace reflow::ops
