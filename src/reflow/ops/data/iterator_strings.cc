// String handles of iterators: a ResourceHandleProto as bytes, by which a program chooses between iterators in a feed.

#include "reflow/data/dataset_op.h"
#include "reflow/data/iterator_resource.h"
#include "reflow/formats/wire_reader.h"
#include "reflow/formats/wire_writer.h"
#include "reflow/op/resource_handle.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::data;
using namespace ::reflow::op;

std::string bytes_of(const ResourceHandle& handle) {
  std::string bytes;
  formats::WireWriter writer(&bytes);
  writer.text(1, handle.device);
  writer.text(2, handle.container);
  writer.text(3, handle.name);
  writer.number(4, static_cast<int64_t>(handle.hash_code));
  writer.text(5, handle.type_name);
  return bytes;
}

bool parse(std::string_view bytes, ResourceHandle* handle) {
  formats::WireReader reader(bytes);
  while (!reader.done()) {
    uint32_t tag;
    if (!reader.tag(&tag)) return false;
    std::string_view text;
    std::string* const fields[] = {&handle->device, &handle->container, &handle->name, nullptr, &handle->type_name};
    const uint32_t field = tag >> 3;
    if ((tag & 7) == 2 && field <= 5 && fields[field - 1] != nullptr) {
      if (!reader.bytes(&text)) return false;
      *fields[field - 1] = text;
    } else if (field == 4 && (tag & 7) == 0) {
      if (!reader.varint(&handle->hash_code)) return false;
    } else if (!reader.skip(tag)) {
      return false;
    }
  }
  return true;
}

class ToString : public Kernel {
 public:
  explicit ToString(KernelInit&) {}
  Status compute(KernelContext& c) override {
    RETURN_IF_ERROR(resource_at<IteratorResource>(c, 0).status());
    *c.output(0).data<std::string>() = bytes_of(c.input(0).item<ResourceHandle>());
    return OkStatus();
  }
};

class FromString : public Kernel {
 public:
  explicit FromString(KernelInit& c)
      : spec_{c.attr<std::vector<DType>>("output_types"), c.attr<std::vector<Shape>>("output_shapes")} {
    if (!spec_.types.empty() && !spec_.shapes.empty() && spec_.types.size() != spec_.shapes.size()) {
      c.fail(invalid_argument("If both 'output_types' and 'output_shapes' are set, they must have the same length."));
    }
  }
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::string text, scalar_input<std::string>(c, 0, "string_handle"));
    ResourceHandle handle;
    if (!parse(text, &handle)) return invalid_argument("Could not parse string_handle as a valid ResourceHandle");
    if (handle.device != c.env().device->name()) {
      return invalid_argument("Attempted create an iterator on device \"{}\" from handle defined on device \"{}\"",
                              c.env().device->name(), handle.device);
    }
    if (!is_handle_of<IteratorResource>(handle)) return wrong_resource_type(handle, IteratorResource::kTypeName);
    ASSIGN_OR_RETURN(const std::shared_ptr<IteratorResource> iterator,
                     c.resources().lookup<IteratorResource>(handle.container, handle.name));
    ElementSpec wanted = spec_;
    if (wanted.types.empty()) wanted.types = iterator->spec().types;
    if (wanted.shapes.empty()) wanted.shapes = iterator->spec().shapes;
    RETURN_IF_ERROR(check_compatible(wanted, iterator->spec()));
    handle.resource = iterator;
    c.set_output(0, Tensor::scalar(std::move(handle)));
    return OkStatus();
  }

 private:
  const ElementSpec spec_;
};

// One handle for one string.
Status handle_shape(ShapeContext& c) {
  Shape ignored;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 0, &ignored));
  c.set_output(0, Shape{});
  return OkStatus();
}

REFLOW_OP("IteratorToStringHandle")
    .input("resource_handle: resource")
    .output("string_handle: string")
    .stateful()
    .doc("The handle of an iterator as a string, which can be fed.")
    .shape(handle_shape)
    .kernel<ToString>(kCpu);

OpBuilder from_string_op(std::string_view name) {
  return OpBuilder(name)
      .input("string_handle: string")
      .output("resource_handle: resource")
      .attr("output_types: list(type) >= 0 = []")
      .attr("output_shapes: list(shape) >= 0 = []")
      .stateful()
      .doc("The handle that IteratorToStringHandle has made a string of. The iterator has to have such elements.")
      .shape(handle_shape)
      .kernel<FromString>(kCpu)
      .sets_outputs();
}
const OpRegistrar from_string(from_string_op("IteratorFromStringHandle"));
const OpRegistrar from_string_v2(from_string_op("IteratorFromStringHandleV2"));

class GetDevice : public Kernel {
 public:
  explicit GetDevice(KernelInit&) {}
  Status compute(KernelContext& c) override {
    RETURN_IF_ERROR(resource_at<IteratorResource>(c, 0).status());
    *c.output(0).data<std::string>() = c.input(0).item<ResourceHandle>().device;
    return OkStatus();
  }
};

OpBuilder get_device_op(std::string_view name) {
  return OpBuilder(name)
      .input("resource: resource")
      .output("device: string")
      .stateful()
      .doc("The device that the iterator is on.")
      .shape(scalar_shape)
      .kernel<GetDevice>(kCpu);
}
const OpRegistrar get_device(get_device_op("IteratorGetDevice"));
const OpRegistrar experimental_get_device(get_device_op("ExperimentalIteratorGetDevice"));

}  // namespace
}  // namespace reflow::ops
