// ImmutableConst: a tensor whose elements are the bytes of a file.

#include <cstring>
#include <mutex>
#include <string>

#include "reflow/io/file.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

class ImmutableConst : public Kernel {
 public:
  explicit ImmutableConst(KernelInit& c)
      : path_(c.attr<std::string>("memory_region_name")), type_(c.attr<DType>("dtype")), shape_(c.attr<Shape>("shape")) {
    if (!is_plain(type_)) c.fail(invalid_argument("Sorry, DT_{} is not currently supported for immutable consts.", dtype_enum_name(type_).substr(3)));
    if (!shape_.fully_defined()) c.fail(invalid_argument("The shape of an immutable const must be known, got {}", shape_.str()));
  }

  // The file is read when the value is asked for first.
  Status compute(KernelContext& c) override {
    const std::lock_guard lock(mutex_);
    if (!value_.valid()) {
      ASSIGN_OR_RETURN(Tensor value, allocate_tensor(type_, shape_));
      ASSIGN_OR_RETURN(const std::string bytes, io::read_file(path_));
      if (bytes.size() < static_cast<size_t>(value.size_bytes())) {
        return resource_exhausted("{} has {} bytes, where a tensor of {} needs {}", path_, bytes.size(), dtype_spec_name(type_), value.size_bytes());
      }
      if (value.size_bytes() > 0) std::memcpy(value.raw_data(), bytes.data(), static_cast<size_t>(value.size_bytes()));
      value_ = std::move(value);
    }
    c.set_output(0, value_);
    return OkStatus();
  }

 private:
  const std::string path_;
  const DType type_;
  const Shape shape_;
  std::mutex mutex_;
  Tensor value_;
};

REFLOW_OP("ImmutableConst")
    .output("tensor: dtype")
    .attr("dtype: type")
    .attr("shape: shape")
    .attr("memory_region_name: string")
    .doc("A tensor of elements that are read from the file `memory_region_name`.")
    .shape([](ShapeContext& c) {
      c.set_output(0, c.attr_or<Shape>("shape", Shape::unknown()));
      return OkStatus();
    })
    .kernel<ImmutableConst>(kCpu)
    .sets_outputs();

}  // namespace
}  // namespace reflow::ops
