// BatchDataset: elements that follow each other as the rows of one.

#include "reflow/data/dataset_op.h"
#include "reflow/data/row_stack.h"
#include "reflow/ops/data/composed.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::data;
using namespace ::reflow::op;

class BatchDataset : public Transformation<BatchDataset> {
 public:
  BatchDataset(ElementSpec spec, DatasetRef input, int64_t batch_size, bool drop_remainder)
      : Transformation("Batch", std::move(spec), std::move(input)), batch_size_(batch_size), drop_remainder_(drop_remainder) {}
  int64_t cardinality() const override {
    const int64_t n = input()->cardinality();
    if (n < 0) return n;
    return n / batch_size_ + (n % batch_size_ == 0 || drop_remainder_ ? 0 : 1);
  }

  static StatusOr<DatasetRef> make(KernelContext& c, ElementSpec spec, DatasetRef input) {
    ASSIGN_OR_RETURN(const int64_t batch_size, scalar_input<int64_t>(c, 1, "batch_size"));
    if (batch_size <= 0) return invalid_argument("Batch size must be greater than zero.");
    bool drop_remainder = false;
    if (c.num_inputs() > 2) {
      ASSIGN_OR_RETURN(drop_remainder, scalar_input<bool>(c, 2, "drop_remainder"));
    }
    return std::make_shared<BatchDataset>(std::move(spec), std::move(input), batch_size, drop_remainder);
  }

 private:
  class Pass : public TransformingIterator<BatchDataset> {
   public:
    using TransformingIterator::TransformingIterator;
    Status next(IteratorContext& c, Element* element, bool* end) override {
      *end = true;
      if (!has_input()) return OkStatus();
      const int64_t wanted = dataset().batch_size_;
      int64_t rows;
      RETURN_IF_ERROR(input().next_rows(c, wanted, element, &rows));
      if (rows < 0) {
        const std::string& kind = dataset().input()->kind();
        RowStack stack(wanted, kind == "Map" || kind == "ParallelMap");
        RETURN_IF_ERROR(fill(c, stack));
        rows = stack.rows();
        if (rows > 0) {
          ASSIGN_OR_RETURN(*element, stack.take());
        }
      }
      if (rows < wanted) drop_input();
      *end = rows == 0 || (rows < wanted && dataset().drop_remainder_);
      if (*end) element->clear();
      return OkStatus();
    }
    Status pass_over(IteratorContext& c, int64_t n, int64_t* passed) override {
      const int64_t size = dataset().batch_size_;
      int64_t wanted;
      if (!has_input() || __builtin_mul_overflow(n, size, &wanted)) return Iterator::pass_over(c, n, passed);
      int64_t rows = 0;
      RETURN_IF_ERROR(input().pass_over(c, wanted, &rows));
      if (rows < wanted) drop_input();
      *passed = rows / size + (rows % size == 0 || dataset().drop_remainder_ ? 0 : 1);
      return OkStatus();
    }

   private:
    Status fill(IteratorContext& c, RowStack& stack) {
      Element row;
      bool end = false;
      while (stack.rows() < dataset().batch_size_) {
        row.clear();
        RETURN_IF_ERROR(input().next(c, &row, &end));
        if (end) break;
        RETURN_IF_ERROR(stack.add(row));
        if (stack.rows() % 1024 == 0) RETURN_IF_ERROR(c.check());
      }
      return OkStatus();
    }
  };
  std::unique_ptr<Iterator> make_iterator(std::string prefix) const override {
    return std::make_unique<Pass>(this, std::move(prefix));
  }
  int64_t batch_size_;
  bool drop_remainder_;
};

const OpRegistrar batch(dataset_op("BatchDataset")
                            .input("input_dataset: variant")
                            .input("batch_size: int64")
                            .output("handle: variant") REFLOW_ELEMENT_ATTRS
                            .doc("A dataset of batches: each has `batch_size` elements as its rows, the last one what is left.")
                            .kernel<TransformationKernel<BatchDataset>>(kCpu));

const OpRegistrar batch_v2(dataset_op("BatchDatasetV2")
                               .input("input_dataset: variant")
                               .input("batch_size: int64")
                               .input("drop_remainder: bool")
                               .output("handle: variant")
                               .attr("parallel_copy: bool = false") REFLOW_ELEMENT_ATTRS
                               .doc("A dataset of batches: each has `batch_size` elements as its rows, the last one what is "
                                    "left, or, with `drop_remainder`, none less.")
                               .kernel<TransformationKernel<BatchDataset>>(kCpu));

}  // namespace

DatasetRef batched(ElementSpec spec, DatasetRef input, int64_t batch_size, bool drop_remainder) {
  return std::make_shared<BatchDataset>(std::move(spec), std::move(input), batch_size, drop_remainder);
}

}  // namespace reflow::ops
