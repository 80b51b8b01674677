// The names of the files of a checkpoint that is saved in parts.

#include <string>

#include <fmt/format.h>

#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

Status scalars(ShapeContext& c) {
  Shape scalar;
  for (int i = 0; i < c.num_inputs(); ++i) RETURN_IF_ERROR(c.with_rank(c.input(i), 0, &scalar));
  c.set_output(0, Shape{});
  return OkStatus();
}

class ShardedFilename : public Kernel {
 public:
  explicit ShardedFilename(KernelInit&) {}
  Status compute(KernelContext& c) override {
    c.output(0).data<std::string>()[0] = fmt::format("{}-{:05d}-of-{:05d}", c.input(0).item<std::string>(),
                                                     c.input(1).item<int32_t>(), c.input(2).item<int32_t>());
    return OkStatus();
  }
};

class ShardedFilespec : public Kernel {
 public:
  explicit ShardedFilespec(KernelInit&) {}
  Status compute(KernelContext& c) override {
    c.output(0).data<std::string>()[0] =
        fmt::format("{}-?\?\?\?\?-of-{:05d}", c.input(0).item<std::string>(), c.input(1).item<int32_t>());
    return OkStatus();
  }
};

REFLOW_OP("ShardedFilename")
    .input("basename: string")
    .input("shard: int32")
    .input("num_shards: int32")
    .output("filename: string")
    .doc("The name of part `shard` of `num_shards`: BASENAME-00001-of-00004. All are scalars.")
    .shape(scalars)
    .kernel<ShardedFilename>(kCpu);

REFLOW_OP("ShardedFilespec")
    .input("basename: string")
    .input("num_shards: int32")
    .output("filename: string")
    .doc("A pattern for the names of all `num_shards` parts: BASENAME-?\?\?\?\?-of-00004. All are scalars.")
    .shape(scalars)
    .kernel<ShardedFilespec>(kCpu);

}  // namespace
}  // namespace reflow::ops
