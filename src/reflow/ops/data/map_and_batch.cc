// MapAndBatchDataset: batches of what a function makes of each element.

#include "reflow/data/dataset_op.h"
#include "reflow/ops/data/composed.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::data;
using namespace ::reflow::op;

class Kernel : public DatasetKernel {
 public:
  explicit Kernel(KernelInit& c)
      : DatasetKernel(c), function_(c, "f"), preserve_cardinality_(c.attr<bool>("preserve_cardinality")) {}
  StatusOr<DatasetRef> make(KernelContext& c) override {
    ASSIGN_OR_RETURN(DatasetRef input, dataset_of(c.input(0)));
    const int first = 1 + function_.num_captured();
    ASSIGN_OR_RETURN(const int64_t batch_size, scalar_input<int64_t>(c, first, "batch_size"));
    if (batch_size <= 0) return invalid_argument("batch_size must be greater than zero.");
    ASSIGN_OR_RETURN(const int64_t calls, scalar_input<int64_t>(c, first + 1, "num_parallel_calls"));
    if (calls <= 0 && calls != -1) return invalid_argument("num_parallel_calls must be greater than zero.");
    ASSIGN_OR_RETURN(const bool drop_remainder, scalar_input<bool>(c, first + 2, "drop_remainder"));
    ElementSpec rows = spec();
    for (Shape& shape : rows.shapes) {
      if (shape.rank() > 0) shape.remove_dim(0);
    }
    DatasetRef mapped = parallel_mapped(std::move(rows), std::move(input), function_.with_captured(c, 1), calls, batch_size,
                                        preserve_cardinality_);
    return batched(spec(), std::move(mapped), batch_size, drop_remainder);
  }

 private:
  const FunctionAttr function_;
  const bool preserve_cardinality_;
};

OpBuilder map_and_batch_op(std::string_view name) {
  return dataset_op(name)
      .input("input_dataset: variant")
      .input("other_arguments: Targuments")
      .input("batch_size: int64")
      .input("num_parallel_calls: int64")
      .input("drop_remainder: bool")
      .output("handle: variant")
      .attr("f: func")
      .attr("Targuments: list(type) >= 0") REFLOW_ELEMENT_ATTRS
      .attr("preserve_cardinality: bool = false")
      .doc("Batches, as of BatchDatasetV2, of what `f` makes of each element, with up to `num_parallel_calls` calls at once "
           "(-1: as many as there are threads).")
      .kernel<Kernel>(kCpu);
}
const OpRegistrar map_and_batch(map_and_batch_op("MapAndBatchDataset"));
const OpRegistrar experimental_map_and_batch(map_and_batch_op("ExperimentalMapAndBatchDataset"));

}  // namespace
}  // namespace reflow::ops
