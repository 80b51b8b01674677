// ThreadPoolHandle and ThreadPoolDataset: the threads that a dataset is to run on. Ours run on those of the process.

#include "reflow/data/dataset_op.h"
#include "reflow/op/resource_handle.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::data;
using namespace ::reflow::op;

class DatasetThreadPool : public Resource {
 public:
  static constexpr std::string_view kTypeName = "N10tensorflow4data12_GLOBAL__N_118ThreadPoolResourceE";
  std::string debug_string() const override { return "ThreadPoolResource"; }
};

class ThreadPoolHandle : public Kernel {
 public:
  explicit ThreadPoolHandle(KernelInit& c) {
    if (c.attr<int64_t>("num_threads") <= 0) c.fail(invalid_argument("`num_threads` must be greater than zero."));
  }
  Status compute(KernelContext& c) override {
    ResourceName name;
    name.container = c.resources().default_container();
    name.name = "ThreadPool";
    c.set_output(0, Tensor::scalar(make_resource_handle(*c.env().device, name, std::make_shared<DatasetThreadPool>())));
    return OkStatus();
  }
};

class ThreadPoolDataset : public DatasetKernel {
 public:
  using DatasetKernel::DatasetKernel;
  StatusOr<DatasetRef> make(KernelContext& c) override {
    RETURN_IF_ERROR(resource_at<DatasetThreadPool>(c, 1).status());
    return dataset_of(c.input(0));
  }
};

OpBuilder handle_op(std::string_view name) {
  return OpBuilder(name)
      .output("handle: resource")
      .attr("num_threads: int")
      .attr("max_intra_op_parallelism: int = 1")
      .attr("display_name: string")
      .attr("container: string = ''")
      .attr("shared_name: string = ''")
      .stateful()
      .doc("A handle to threads that a dataset is to run on.")
      .shape(scalar_shape)
      .kernel<ThreadPoolHandle>(kCpu)
      .sets_outputs();
}
const OpRegistrar handle(handle_op("ThreadPoolHandle"));
const OpRegistrar experimental_handle(handle_op("ExperimentalThreadPoolHandle"));

OpBuilder thread_pool_op(std::string_view name) {
  return dataset_op(name)
      .input("input_dataset: variant")
      .input("thread_pool: resource")
      .output("handle: variant") REFLOW_ELEMENT_ATTRS
      .stateful()
      .doc("The dataset, which is to run on the threads of `thread_pool`.")
      .kernel<ThreadPoolDataset>(kCpu);
}
const OpRegistrar thread_pool(thread_pool_op("ThreadPoolDataset"));
const OpRegistrar experimental_thread_pool(thread_pool_op("ExperimentalThreadPoolDataset"));

}  // namespace
}  // namespace reflow::ops
