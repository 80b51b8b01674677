#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

#include "reflow/op/async_kernel.h"
#include "reflow/op/monitor.h"
#include "reflow/op/op.h"
#include "reflow/op/parts.h"
#include "reflow/op/resource_handle.h"

namespace reflow::ops {

using namespace ::reflow::op;

// How much a staging area may hold: 0 means any amount.
struct StagingLimits {
  int64_t capacity = 0, memory_limit = 0;
  // ResourceExhausted: `bytes` never fit.
  Status check(int64_t bytes) const;
  // Is there room for one more tuple of `bytes`, beside `size` tuples and `used` bytes?
  bool allow(int64_t bytes, int64_t size, int64_t used) const {
    return (capacity <= 0 || size < capacity) && (memory_limit <= 0 || used + bytes <= memory_limit);
  }
};

// A kernel that uses the staging area that its node names, by shared_name or by its own name. The first one to run makes
// the area, an A from (StagingLimits, types, name).
template <typename A>
class StagingKernel : public AsyncKernel {
 public:
  explicit StagingKernel(KernelInit& c)
      : container_(c.attr<std::string>("container")), name_(c.attr<std::string>("shared_name")),
        limits_{c.attr<int64_t>("capacity"), c.attr<int64_t>("memory_limit")}, types_(c.attr<std::vector<DType>>("dtypes")) {
    if (name_.empty()) name_ = c.node().name();
  }

 protected:
  StatusOr<std::shared_ptr<A>> area(KernelContext& c) const {
    return c.resources().lookup_or_create<A>(container_, name_, [&]() -> StatusOr<std::shared_ptr<A>> {
      return std::make_shared<A>(limits_, types_, name_);
    });
  }
  const std::vector<DType>& types() const { return types_; }

 private:
  std::string container_, name_;
  StagingLimits limits_;
  std::vector<DType> types_;
};

// What is staged stays for longer than the run, and isn't to change with a feed or a variable.
inline Tensor staged(const Tensor& value) { return op::fills_own_buffer(value) ? value : value.copy(); }

int64_t bytes_of(const std::vector<Tensor>& tuple);

// The values are as many as a node has outputs from `first` on, of their types.
// InvalidArgument: "Mismatch stage/unstage: 1 vs. 2".
Status check_unstaged(KernelContext& c, const std::vector<Tensor>& tuple, int first);

// The attributes that all ops of staging areas have; the specs of types are the op's own.
inline OpBuilder staging_attrs(OpBuilder op, std::initializer_list<const char*> types) {
  std::move(op).attr("capacity: int >= 0 = 0").attr("memory_limit: int >= 0 = 0");
  for (const char* spec : types) std::move(op).attr(spec);
  return std::move(op).attr("container: string = ''").attr("shared_name: string = ''").stateful();
}

}  // namespace reflow::ops
