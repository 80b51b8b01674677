// OptimizeDataset rewrites datasets as TensorFlow's static optimizations do where that shows: streams of random order.
// ModelDataset and its like tell how to run a dataset and leave its elements alone.

#include <algorithm>

#include "reflow/data/dataset_op.h"
#include "reflow/ops/data/repeat.h"
#include "reflow/ops/data/shuffle.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::data;
using namespace ::reflow::op;

// A ShuffleDataset that is repeated shuffles all of its passes from one stream.
DatasetRef fuse_shuffle_and_repeat(const DatasetRef& dataset, int depth) {
  constexpr int kMaxDepth = 1000;
  if (depth > kMaxDepth) return dataset;
  std::vector<DatasetRef> inputs = dataset->inputs();
  bool changed = false;
  for (DatasetRef& input : inputs) {
    DatasetRef fused = fuse_shuffle_and_repeat(input, depth + 1);
    changed |= fused != input;
    input = std::move(fused);
  }
  if (const auto* repeat = dynamic_cast<const RepeatDataset*>(dataset.get())) {
    const auto* shuffle = dynamic_cast<const ShuffleDataset*>(inputs[0].get());
    if (shuffle != nullptr && shuffle->reshuffles() && repeat->count() != 0) return shuffle->repeated(std::max<int64_t>(repeat->count(), -1));
  }
  return changed ? dataset->with_inputs(std::move(inputs)) : dataset;
}

class Optimize : public DatasetKernel {
 public:
  using DatasetKernel::DatasetKernel;
  StatusOr<DatasetRef> make(KernelContext& c) override {
    ASSIGN_OR_RETURN(const DatasetRef input, dataset_of(c.input(0)));
    ASSIGN_OR_RETURN(const auto optimizations, vector_input<std::string>(c, 1, "optimizations"));
    const bool fuses = std::ranges::find(optimizations, "shuffle_and_repeat_fusion") != optimizations.end();
    return fuses ? fuse_shuffle_and_repeat(input, 0) : input;
  }
};

class PassOn : public DatasetKernel {
 public:
  using DatasetKernel::DatasetKernel;
  StatusOr<DatasetRef> make(KernelContext& c) override { return dataset_of(c.input(0)); }
};

const OpRegistrar optimize(dataset_op("OptimizeDataset")
                               .input("input_dataset: variant")
                               .input("optimizations: string")
                               .output("handle: variant") REFLOW_ELEMENT_ATTRS
                               .attr("optimization_configs: list(string) = []")
                               .doc("The dataset as the optimizations rewrite it.")
                               .kernel<Optimize>(kCpu));

const OpRegistrar model(dataset_op("ModelDataset")
                            .input("input_dataset: variant")
                            .output("handle: variant")
                            .attr("algorithm: int = 0")
                            .attr("cpu_budget: int = 0") REFLOW_ELEMENT_ATTRS
                            .doc("The dataset, whose parameters TensorFlow tunes as it runs; ours need no tuning.")
                            .kernel<PassOn>(kCpu));

OpBuilder pass_on(std::string_view name) { return dataset_op(name).input("input_dataset: variant"); }

#define REFLOW_PASS_ON(variable, name, inputs, text)                                                     \
  const OpRegistrar variable(pass_on(name) inputs.output("handle: variant") REFLOW_ELEMENT_ATTRS.doc(text) \
                                 .kernel<PassOn>(kCpu));                                                 \
  const OpRegistrar experimental_##variable(pass_on("Experimental" name) inputs.output("handle: variant") \
                                                REFLOW_ELEMENT_ATTRS.doc(text).kernel<PassOn>(kCpu));

REFLOW_PASS_ON(max_intra_op_parallelism, "MaxIntraOpParallelismDataset", .input("max_intra_op_parallelism: int64"),
               "The dataset, whose functions are to use so many threads at most.")
REFLOW_PASS_ON(private_thread_pool, "PrivateThreadPoolDataset", .input("num_threads: int64"),
               "The dataset, which is to run on threads of its own.")
REFLOW_PASS_ON(non_serializable, "NonSerializableDataset", , "The dataset, whose iterators are not to be saved.")
REFLOW_PASS_ON(assert_next, "AssertNextDataset", .input("transformations: string"),
               "The dataset, of which TensorFlow's tests say how it has been made.")

}  // namespace
}  // namespace reflow::ops
