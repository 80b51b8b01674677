// What is done with readers of every kind. The first form of each op takes references to container and name, the second
// resource handles.

#include "reflow/ops/io/reader.h"

namespace reflow::ops {
namespace {

class Read : public Kernel {
 public:
  explicit Read(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::shared_ptr<Reader> reader, resource_at<Reader>(c, 0));
    ASSIGN_OR_RETURN(const std::shared_ptr<Queue> queue, resource_at<Queue>(c, 1));
    std::string key, value;
    RETURN_IF_ERROR(reader->read(*queue, c.cancellation(), &key, &value));
    c.output(0).flat<std::string>()[0] = std::move(key);
    c.output(1).flat<std::string>()[0] = std::move(value);
    return OkStatus();
  }
};

class ReadUpTo : public Kernel {
 public:
  explicit ReadUpTo(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::shared_ptr<Reader> reader, resource_at<Reader>(c, 0));
    ASSIGN_OR_RETURN(const std::shared_ptr<Queue> queue, resource_at<Queue>(c, 1));
    std::vector<std::string> keys, values;
    RETURN_IF_ERROR(reader->read_up_to(c.input(2).item<int64_t>(), *queue, c.cancellation(), &keys, &values));
    const Shape shape{static_cast<int64_t>(keys.size())};
    c.set_output(0, Tensor::from(std::span<const std::string>(keys), shape));
    c.set_output(1, Tensor::from(std::span<const std::string>(values), shape));
    return OkStatus();
  }
};

template <int64_t (Reader::*kCount)() const>
class Count : public Kernel {
 public:
  explicit Count(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::shared_ptr<Reader> reader, resource_at<Reader>(c, 0));
    *c.output(0).data<int64_t>() = ((*reader).*kCount)();
    return OkStatus();
  }
};

class SerializeState : public Kernel {
 public:
  explicit SerializeState(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::shared_ptr<Reader> reader, resource_at<Reader>(c, 0));
    ASSIGN_OR_RETURN(c.output(0).flat<std::string>()[0], reader->serialize_state());
    return OkStatus();
  }
};

class RestoreState : public Kernel {
 public:
  explicit RestoreState(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::shared_ptr<Reader> reader, resource_at<Reader>(c, 0));
    return reader->restore_state(c.input(1).item<std::string>());
  }
};

class Reset : public Kernel {
 public:
  explicit Reset(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::shared_ptr<Reader> reader, resource_at<Reader>(c, 0));
    reader->reset();
    return OkStatus();
  }
};

// Handles that are references have two elements, resource handles none.
Status check_handles(ShapeContext& c, int n) {
  for (int i = 0; i < n; ++i) {
    Shape handle;
    if (!is_ref(c.node().input(i).dtype())) {
      RETURN_IF_ERROR(c.with_rank(c.input(i), 0, &handle));
      continue;
    }
    RETURN_IF_ERROR(c.with_rank(c.input(i), 1, &handle));
    int64_t two = 0;
    RETURN_IF_ERROR(c.with_value(handle.dim(0), 2, &two));
  }
  return OkStatus();
}

// `kHandles` handles, then scalars; all outputs are scalars.
template <int kHandles>
Status scalars_of_reader(ShapeContext& c) {
  RETURN_IF_ERROR(check_handles(c, kHandles));
  Shape scalar;
  for (int i = kHandles; i < c.num_inputs(); ++i) RETURN_IF_ERROR(c.with_rank(c.input(i), 0, &scalar));
  for (int i = 0; i < c.num_outputs(); ++i) c.set_output(i, Shape{});
  return OkStatus();
}

Status vectors_of_reader(ShapeContext& c) {
  RETURN_IF_ERROR(check_handles(c, 2));
  Shape scalar;
  RETURN_IF_ERROR(c.with_rank(c.input(2), 0, &scalar));
  for (int i = 0; i < 2; ++i) c.set_output(i, Shape{-1});
  return OkStatus();
}

// Both forms of an op: `name` with a reference, and `name`V2.
OpBuilder old_form(const char* name) { return OpBuilder(name).input("reader_handle: Ref(string)"); }
OpBuilder new_form(const char* name) {
  return OpBuilder(std::string(name) + "V2").input("reader_handle: resource").stateful();
}
#define READER_OP(id, define, name)                                          \
  const OpRegistrar id(define(old_form(name), "Ref(string)").not_differentiable()); \
  const OpRegistrar id##_v2(define(new_form(name), "resource"))

OpBuilder read_op(OpBuilder op, std::string handle) {
  return std::move(op)
      .input("queue_handle: " + handle)
      .output("key: string")
      .output("value: string")
      .doc("The next record of the reader, which takes work units from the queue, and waits for them.")
      .shape(scalars_of_reader<2>)
      .kernel<Read>(kCpu)
      .blocking();
}
READER_OP(read, read_op, "ReaderRead");

OpBuilder read_up_to_op(OpBuilder op, std::string handle) {
  return std::move(op)
      .input("queue_handle: " + handle)
      .input("num_records: int64")
      .output("keys: string")
      .output("values: string")
      .doc("The next `num_records` records of the reader; fewer, but not none, where a work unit ends.")
      .shape(vectors_of_reader)
      .kernel<ReadUpTo>(kCpu)
      .sets_outputs()
      .blocking();
}
READER_OP(read_up_to, read_up_to_op, "ReaderReadUpTo");

OpBuilder num_records_op(OpBuilder op, const std::string&) {
  return std::move(op)
      .output("records_produced: int64")
      .doc("How many records the reader has given.")
      .shape(scalars_of_reader<1>)
      .kernel<Count<&Reader::num_records_produced>>(kCpu);
}
READER_OP(num_records, num_records_op, "ReaderNumRecordsProduced");

OpBuilder num_work_units_op(OpBuilder op, const std::string&) {
  return std::move(op)
      .output("units_completed: int64")
      .doc("How many work units the reader is done with.")
      .shape(scalars_of_reader<1>)
      .kernel<Count<&Reader::num_work_units_completed>>(kCpu);
}
READER_OP(num_work_units, num_work_units_op, "ReaderNumWorkUnitsCompleted");

OpBuilder serialize_op(OpBuilder op, const std::string&) {
  return std::move(op)
      .output("state: string")
      .doc("The state of the reader, for ReaderRestoreState. Not all kinds of readers have it.")
      .shape(scalars_of_reader<1>)
      .kernel<SerializeState>(kCpu);
}
READER_OP(serialize_state, serialize_op, "ReaderSerializeState");

OpBuilder restore_op(OpBuilder op, const std::string&) {
  return std::move(op)
      .input("state: string")
      .doc("Brings the reader to the state that ReaderSerializeState gave. Not all kinds of readers have it.")
      .shape(scalars_of_reader<1>)
      .kernel<RestoreState>(kCpu);
}
READER_OP(restore_state, restore_op, "ReaderRestoreState");

OpBuilder reset_op(OpBuilder op, const std::string&) {
  return std::move(op)
      .doc("Makes the reader as new: it forgets its work unit and what it has counted.")
      .shape(scalars_of_reader<1>)
      .kernel<Reset>(kCpu);
}
READER_OP(reset, reset_op, "ReaderReset");

}  // namespace
}  // namespace reflow::ops
