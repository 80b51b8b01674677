// SerializeIterator and DeserializeIterator: how far an iterator is, as a variant that goes into checkpoints.

#include "reflow/data/dataset_op.h"
#include "reflow/data/iterator_resource.h"
#include "reflow/formats/wire_reader.h"
#include "reflow/formats/wire_writer.h"
#include "reflow/op/resource_handle.h"
#include "reflow/tensor/serialized_variant.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::data;
using namespace ::reflow::op;

constexpr char kTypeName[] = "tensorflow::Iterator";
constexpr char kMetadata[] = "@@Iterator:position";

// A VariantTensorDataProto as TensorFlow's iterators have it: the names of the values, and their tensors. There is one
// value, a vector of int64.
std::string encoded(const std::vector<int64_t>& position) {
  std::string dim, shape, values, tensor, bytes;
  formats::WireWriter(&dim).number(1, static_cast<int64_t>(position.size()));
  formats::WireWriter(&shape).message(2, dim);
  formats::WireWriter of_values(&values);
  for (const int64_t value : position) of_values.varint(static_cast<uint64_t>(value));
  formats::WireWriter of_tensor(&tensor);
  of_tensor.number(1, static_cast<int64_t>(DType::kInt64));
  of_tensor.message(2, shape);
  of_tensor.message(10, values);
  formats::WireWriter of_variant(&bytes);
  of_variant.text(1, kTypeName);
  of_variant.text(2, kMetadata);
  of_variant.message(3, tensor);
  return bytes;
}

// The bytes of field `number` of a message, the last one; empty: there is none.
std::string_view field(std::string_view message, uint32_t number) {
  formats::WireReader reader(message);
  std::string_view found;
  while (!reader.done()) {
    uint32_t tag;
    if (!reader.tag(&tag)) return {};
    if (tag == (number << 3 | 2) ? !reader.bytes(&found) : !reader.skip(tag)) return {};
  }
  return found;
}

StatusOr<std::vector<int64_t>> decoded(std::string_view bytes) {
  if (field(bytes, 1) != kTypeName) return invalid_argument("The variant is no state of an iterator.");
  if (field(bytes, 2) != kMetadata) return unimplemented("The state of an iterator that TensorFlow has saved can't be restored.");
  std::vector<int64_t> position;
  formats::WireReader values(field(field(bytes, 3), 10));
  while (!values.done()) {
    uint64_t value;
    if (!values.varint(&value)) return data_loss("The state of an iterator is damaged.");
    position.push_back(static_cast<int64_t>(value));
  }
  return position;
}

class Serialize : public Kernel {
 public:
  explicit Serialize(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::shared_ptr<IteratorResource> iterator, resource_at<IteratorResource>(c, 0));
    ASSIGN_OR_RETURN(const std::vector<int64_t> position, iterator->position(c.env()));
    c.set_output(0, Tensor::scalar(Variant::of(kTypeName, SerializedVariant{encoded(position)})));
    return OkStatus();
  }
};

class Deserialize : public Kernel, public CallsUnnamedFunctions {
 public:
  explicit Deserialize(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::shared_ptr<IteratorResource> iterator, resource_at<IteratorResource>(c, 0));
    const Tensor& serialized = c.input(1);
    const auto* variant = serialized.rank() == 0 ? serialized.item<Variant>().get<SerializedVariant>() : nullptr;
    if (variant == nullptr) return invalid_argument("The variant is no state of an iterator.");
    ASSIGN_OR_RETURN(const std::vector<int64_t> position, decoded(variant->bytes));
    return iterator->go_to(c.env(), position);
  }
};

REFLOW_OP("SerializeIterator")
    .input("resource_handle: resource")
    .output("serialized: variant")
    .stateful()
    .doc("How far the iterator is, for a checkpoint: how many elements have been taken, and the seeds that its datasets have "
         "drawn. FailedPrecondition: it isn't initialized, or a function of its datasets has state.")
    .shape(scalar_shape)
    .kernel<Serialize>(kCpu)
    .sets_outputs();

REFLOW_OP("DeserializeIterator")
    .input("resource_handle: resource")
    .input("serialized: variant")
    .stateful()
    .doc("Makes the iterator begin anew and pass over what had been taken when SerializeIterator was run. "
         "FailedPrecondition: it isn't initialized.")
    .shape(no_outputs)
    .kernel<Deserialize>(kCpu)
    .blocking();

}  // namespace
}  // namespace reflow::ops
