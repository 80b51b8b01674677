// PaddedBatchDataset: batches of elements of different shapes, which are padded.

#include <algorithm>

#include "reflow/data/dataset_op.h"
#include "reflow/op/elements.h"
#include "reflow/tensor/checked_size.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::data;
using namespace ::reflow::op;

// Copies `from` into the corner of `to`, which is as large or larger in each dimension.
void copy_into_corner(const Tensor& from, const Shape& to_shape, char* to) {
  const int rank = from.rank();
  const int64_t size = dtype_size(from.dtype());
  const CopyElementsFn copy = copy_elements_fn(from.dtype());
  const char* source = static_cast<const char*>(from.raw_data());
  if (rank == 0) return copy(to, source, 1);
  if (from.num_elements() == 0) return;
  const int64_t row = from.dim(rank - 1);
  std::vector<int64_t> strides(rank, size), index(rank, 0);
  for (int d = rank - 2; d >= 0; --d) strides[d] = strides[d + 1] * to_shape.dim(d + 1);
  for (int64_t done = 0; done < from.num_elements(); done += row) {
    int64_t offset = 0;
    for (int d = 0; d + 1 < rank; ++d) offset += index[d] * strides[d];
    copy(to + offset, source + done * size, row);
    for (int d = rank - 2; d >= 0 && ++index[d] == from.dim(d); --d) index[d] = 0;
  }
}

void fill(Tensor& tensor, const Tensor& value) {
  with_element(tensor.dtype(), [&]<typename E>() {
    std::fill_n(static_cast<E*>(tensor.raw_data()), tensor.num_elements(), *static_cast<const E*>(value.raw_data()));
  });
}

class PaddedBatchDataset : public Transformation<PaddedBatchDataset> {
 public:
  PaddedBatchDataset(ElementSpec spec, DatasetRef input, int64_t batch_size, bool drop_remainder,
                     std::vector<Shape> padded_shapes, std::vector<Tensor> padding_values)
      : Transformation("PaddedBatch", std::move(spec), std::move(input)), batch_size_(batch_size),
        drop_remainder_(drop_remainder), padded_shapes_(std::move(padded_shapes)), padding_values_(std::move(padding_values)) {}
  int64_t cardinality() const override {
    const int64_t n = input()->cardinality();
    if (n < 0) return n;
    return n / batch_size_ + (n % batch_size_ == 0 || drop_remainder_ ? 0 : 1);
  }

 private:
  class Pass : public TransformingIterator<PaddedBatchDataset> {
   public:
    using TransformingIterator::TransformingIterator;
    Status next(IteratorContext& c, Element* element, bool* end) override {
      *end = true;
      if (!has_input()) return OkStatus();
      std::vector<Element> rows;
      bool input_end = false;
      while (static_cast<int64_t>(rows.size()) < dataset().batch_size_) {
        Element row;
        RETURN_IF_ERROR(input().next(c, &row, &input_end));
        if (input_end) {
          drop_input();
          break;
        }
        rows.push_back(std::move(row));
        if (rows.size() % 1024 == 0) RETURN_IF_ERROR(c.check());
      }
      *end = rows.empty() || (input_end && dataset().drop_remainder_);
      if (*end) return OkStatus();
      for (size_t i = 0; i < dataset().padded_shapes_.size(); ++i) {
        ASSIGN_OR_RETURN(Tensor component, pad(rows, i));
        element->push_back(std::move(component));
      }
      return OkStatus();
    }

   private:
    StatusOr<Tensor> pad(const std::vector<Element>& rows, size_t i) const {
      ASSIGN_OR_RETURN(const Shape row_shape, common_shape(rows, i));
      Shape shape = row_shape;
      shape.insert_dim(0, static_cast<int64_t>(rows.size()));
      ASSIGN_OR_RETURN(Tensor padded, allocate_tensor(rows[0].at(i).dtype(), shape));
      bool fits = true;
      for (const Element& row : rows) fits &= row[i].shape() == row_shape;
      if (!fits) fill(padded, dataset().padding_values_[i]);
      char* to = static_cast<char*>(padded.raw_data());
      for (const Element& row : rows) {
        copy_into_corner(row[i], row_shape, to);
        to += row_shape.num_elements() * dtype_size(padded.dtype());
      }
      return padded;
    }

    // What all rows of component `i` are padded to.
    StatusOr<Shape> common_shape(const std::vector<Element>& rows, size_t i) const {
      const Shape& wanted = dataset().padded_shapes_[i];
      Shape shape = wanted;
      for (int d = 0; d < shape.rank(); ++d) shape.set_dim(d, std::max<int64_t>(wanted.dim(d), 0));
      for (const Element& row : rows) {
        if (i >= row.size() || row[i].rank() != wanted.rank()) {
          return invalid_argument("All elements in a batch must have the same rank as the padded shape for component{}: "
                                  "expected rank {} but got element with rank {}", i, wanted.rank(),
                                  i < row.size() ? row[i].rank() : -1);
        }
        if (row[i].dtype() != dataset().padding_values_[i].dtype()) {
          return invalid_argument("Component {} is of type {}, its padding of type {}", i, dtype_spec_name(row[i].dtype()),
                                  dtype_spec_name(dataset().padding_values_[i].dtype()));
        }
        for (int d = 0; d < wanted.rank(); ++d) {
          if (wanted.dim(d) < 0) {
            shape.set_dim(d, std::max(shape.dim(d), row[i].dim(d)));
          } else if (row[i].dim(d) > wanted.dim(d)) {
            return data_loss("Attempted to pad to a smaller size than the input element.");
          }
        }
      }
      return shape;
    }
  };
  std::unique_ptr<Iterator> make_iterator(std::string prefix) const override {
    return std::make_unique<Pass>(this, std::move(prefix));
  }
  int64_t batch_size_;
  bool drop_remainder_;
  std::vector<Shape> padded_shapes_;
  std::vector<Tensor> padding_values_;
};

class Kernel : public DatasetKernel {
 public:
  explicit Kernel(KernelInit& c) : DatasetKernel(c), num_components_(static_cast<int>(c.attr<int64_t>("N"))) {}
  StatusOr<DatasetRef> make(KernelContext& c) override {
    ASSIGN_OR_RETURN(DatasetRef input, dataset_of(c.input(0)));
    ASSIGN_OR_RETURN(const int64_t batch_size, scalar_input<int64_t>(c, 1, "batch_size"));
    if (batch_size <= 0) return invalid_argument("Batch size must be greater than zero.");
    const int n = num_components_;
    if (static_cast<size_t>(n) != input->spec().types.size()) {
      return invalid_argument("Number of padded shapes ({}) must match the number of components in the input dataset's "
                              "elements ({})", n, input->spec().types.size());
    }
    std::vector<Shape> padded_shapes;
    std::vector<Tensor> padding_values;
    for (int i = 0; i < n; ++i) {
      const Tensor& sizes = c.input(2 + i);
      if (sizes.rank() != 1) return invalid_argument("All padded shapes must be vectors");
      if (sizes.num_elements() > Shape::kMaxRank) return invalid_argument("Padded shape {} has too many dimensions", i);
      for (const int64_t size : sizes.flat<int64_t>()) {
        if (size < -1) return invalid_argument("Padded shape {} has the size {}", i, size);
      }
      padded_shapes.emplace_back(sizes.flat<int64_t>());
      const Tensor& value = c.input(2 + n + i);
      if (value.rank() != 0) return invalid_argument("All padding values must be scalars");
      if (value.dtype() != input->spec().types[i]) {
        return invalid_argument("Mismatched type between padding value {} and input dataset's component {}: {} vs. {}", i, i,
                                dtype_spec_name(value.dtype()), dtype_spec_name(input->spec().types[i]));
      }
      padding_values.push_back(value.copy());
    }
    bool drop_remainder = false;
    if (c.node().type() == "PaddedBatchDatasetV2") {
      ASSIGN_OR_RETURN(drop_remainder, scalar_input<bool>(c, 2 + 2 * n, "drop_remainder"));
    }
    return std::make_shared<PaddedBatchDataset>(spec(), std::move(input), batch_size, drop_remainder,
                                                std::move(padded_shapes), std::move(padding_values));
  }

 private:
  const int num_components_;
};

OpBuilder padded_batch_op(std::string_view name, bool is_v2) {
  OpBuilder op = dataset_op(name)
                     .input("input_dataset: variant")
                     .input("batch_size: int64")
                     .input("padded_shapes: N * int64")
                     .input("padding_values: Toutput_types");
  OpBuilder all = is_v2 ? std::move(op).input("drop_remainder: bool").output("handle: variant").attr("parallel_copy: bool = false")
                        : std::move(op).output("handle: variant");
  return std::move(all)
      .attr("Toutput_types: list(type) >= 1")
      .attr("output_shapes: list(shape) >= 1")
      .attr("N: int >= 1")
      .doc("A dataset of batches as of BatchDataset, of elements that are padded with `padding_values` to `padded_shapes`; "
           "-1 there: to the largest of the batch.")
      .kernel<Kernel>(kCpu);
}
const OpRegistrar padded_batch(padded_batch_op("PaddedBatchDataset", false));
const OpRegistrar padded_batch_v2(padded_batch_op("PaddedBatchDatasetV2", true));

}  // namespace
}  // namespace reflow::ops
