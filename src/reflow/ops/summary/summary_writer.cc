// Ops that write events to a file themselves, as tf.contrib.summary has them. SummaryWriter gives the handle of a writer,
// CreateSummaryFileWriter makes the writer itself, unless there is one under that handle.

#include "reflow/ops/summary/summary_writer.h"

#include <string>
#include <utility>

#include "reflow/formats/summary_bytes.h"
#include "reflow/formats/wall_time.h"
#include "reflow/op/op.h"
#include "reflow/op/resource_handle.h"
#include "reflow/tensor/serialized_tensor_proto.h"

namespace reflow::ops {

using namespace ::reflow::op;
using formats::EventField;
using formats::EventFileWriter;

StatusOr<SummaryTarget> SummaryTarget::of(KernelContext& c) {
  SummaryTarget target;
  ASSIGN_OR_RETURN(target.writer, resource_at<SummaryWriter>(c, 0));
  if (c.input(1).num_elements() != 1) return invalid_argument("step must be scalar, got: {}", c.input(1).shape().str());
  target.step = c.input(1).item<int64_t>();
  return target;
}

StatusOr<SummaryTarget> SummaryTarget::of(KernelContext& c, int tag) {
  ASSIGN_OR_RETURN(SummaryTarget target, of(c));
  if (c.input(tag).num_elements() != 1) return invalid_argument("tag must be scalar, got: {}", c.input(tag).shape().str());
  target.tag = c.input(tag).item<std::string>();
  return target;
}

Status SummaryTarget::write(EventField field, std::string_view content) const {
  writer->file().add_event(formats::event_bytes(formats::wall_time(), step, field, content));
  return OkStatus();
}

namespace {

class SummaryWriterHandle : public Kernel {
 public:
  explicit SummaryWriterHandle(KernelInit&) {}
  Status compute(KernelContext& c) override {
    if (!handle_.valid()) {
      handle_ = Tensor::scalar(make_resource_handle<SummaryWriter>(*c.env().device, ResourceName::of(c), nullptr));
    }
    c.set_output(0, handle_);
    return OkStatus();
  }

 private:
  Tensor handle_;
};

REFLOW_OP("SummaryWriter")
    .output("writer: resource")
    .attr("shared_name: string = ''")
    .attr("container: string = ''")
    .stateful()
    .doc("The handle of a writer of summaries, which CreateSummaryFileWriter makes.")
    .shape(scalar_shape)
    .kernel<SummaryWriterHandle>(kCpu)
    .sets_outputs();

// The only element of input i.
template <typename T>
StatusOr<T> scalar_input(KernelContext& c, int i, std::string_view name) {
  if (c.input(i).num_elements() != 1) return invalid_argument("{} must be scalar, got: {}", name, c.input(i).shape().str());
  return c.input(i).item<T>();
}

class CreateSummaryFileWriter : public Kernel {
 public:
  explicit CreateSummaryFileWriter(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::string logdir, scalar_input<std::string>(c, 1, "logdir"));
    ASSIGN_OR_RETURN(const int32_t max_queue, scalar_input<int32_t>(c, 2, "max_queue"));
    ASSIGN_OR_RETURN(const int32_t flush_millis, scalar_input<int32_t>(c, 3, "flush_millis"));
    ASSIGN_OR_RETURN(const std::string suffix, scalar_input<std::string>(c, 4, "filename_suffix"));
    if (c.input(0).num_elements() != 1) return invalid_argument("writer must be scalar");
    const ResourceHandle& handle = c.input(0).item<ResourceHandle>();
    if (!is_handle_of<SummaryWriter>(handle)) return wrong_resource_type(handle, SummaryWriter::kTypeName);
    return c.resources()
        .lookup_or_create<SummaryWriter>(handle.container, handle.name, [&]() -> StatusOr<std::shared_ptr<SummaryWriter>> {
          ASSIGN_OR_RETURN(std::unique_ptr<EventFileWriter> file,
                           EventFileWriter::open(logdir, {.max_queue = max_queue, .flush_secs = flush_millis / 1000.0,
                                                          .filename_suffix = suffix}));
          return std::make_shared<SummaryWriter>(std::move(file));
        })
        .status();
  }
};

REFLOW_OP("CreateSummaryFileWriter")
    .input("writer: resource")
    .input("logdir: string")
    .input("max_queue: int32")
    .input("flush_millis: int32")
    .input("filename_suffix: string")
    .stateful()
    .doc("Makes the writer of an event file in the folder `logdir`, unless there is one under the handle.")
    .shape(no_outputs)
    .kernel<CreateSummaryFileWriter>(kCpu);

class CreateSummaryDbWriter : public Kernel {
 public:
  explicit CreateSummaryDbWriter(KernelInit&) {}
  Status compute(KernelContext&) override {
    return unimplemented("Reflow writes no summaries to SQLite databases: tf.contrib.summary.create_file_writer writes event "
                         "files");
  }
};

REFLOW_OP("CreateSummaryDbWriter")
    .input("writer: resource")
    .input("db_uri: string")
    .input("experiment_name: string")
    .input("run_name: string")
    .input("user_name: string")
    .stateful()
    .doc("Would make a writer to a database, which Reflow doesn't have: an error.")
    .shape(no_outputs)
    .kernel<CreateSummaryDbWriter>(kCpu);

class FlushSummaryWriter : public Kernel {
 public:
  explicit FlushSummaryWriter(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::shared_ptr<SummaryWriter> writer, resource_at<SummaryWriter>(c, 0));
    writer->file().flush();
    return OkStatus();
  }
};

REFLOW_OP("FlushSummaryWriter")
    .input("writer: resource")
    .stateful()
    .doc("Returns when all events are in the file.")
    .shape(no_outputs)
    .kernel<FlushSummaryWriter>(kCpu);

class CloseSummaryWriter : public Kernel {
 public:
  explicit CloseSummaryWriter(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::shared_ptr<SummaryWriter> writer, resource_at<SummaryWriter>(c, 0));
    const ResourceHandle& handle = c.input(0).item<ResourceHandle>();
    RETURN_IF_ERROR(c.resources().erase<SummaryWriter>(handle.container, handle.name));
    writer->file().close();
    return OkStatus();
  }
};

REFLOW_OP("CloseSummaryWriter")
    .input("writer: resource")
    .stateful()
    .doc("Closes the file and forgets the writer.")
    .shape(no_outputs)
    .kernel<CloseSummaryWriter>(kCpu);

class WriteSummary : public Kernel {
 public:
  explicit WriteSummary(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const SummaryTarget target, SummaryTarget::of(c, 3));
    ASSIGN_OR_RETURN(const std::string metadata, scalar_input<std::string>(c, 4, "summary_metadata"));
    const Tensor& tensor = c.input(2);
    ASSIGN_OR_RETURN(const std::string bytes, serialized_tensor(tensor, tensor.dtype() == DType::kString
                                                                             ? TensorForm::kFields : TensorForm::kContent));
    formats::SummaryBytes summary;
    summary.add_tensor(target.tag, bytes, metadata.empty() ? nullptr : &metadata, {});
    return target.write(EventField::kSummary, std::move(summary).bytes());
  }
};

REFLOW_OP("WriteSummary")
    .input("writer: resource")
    .input("step: int64")
    .input("tensor: T")
    .input("tag: string")
    .input("summary_metadata: string")
    .attr("T: type")
    .stateful()
    .doc("Writes a tensor, with a SummaryMetadata that says who shows it.")
    .shape(no_outputs)
    .kernel<WriteSummary>(kCpu);

class WriteRawProtoSummary : public Kernel {
 public:
  explicit WriteRawProtoSummary(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const SummaryTarget target, SummaryTarget::of(c));
    formats::SummaryBytes summary;
    const auto given = c.input(2).flat<std::string>();
    for (size_t i = 0; i < given.size(); ++i) {
      const auto add = [&](const formats::SummaryValueView& value) { summary.add_value(value.bytes); };
      if (!formats::each_summary_value(given[i], add)) {
        return data_loss("Bad tf.compat.v1.Summary binary proto tensor string at index {}", i);
      }
    }
    return target.write(EventField::kSummary, std::move(summary).bytes());
  }
};

REFLOW_OP("WriteRawProtoSummary")
    .input("writer: resource")
    .input("step: int64")
    .input("tensor: string")
    .stateful()
    .doc("Writes serialized Summaries, as one event.")
    .shape(no_outputs)
    .kernel<WriteRawProtoSummary>(kCpu);

class ImportEvent : public Kernel {
 public:
  explicit ImportEvent(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::shared_ptr<SummaryWriter> writer, resource_at<SummaryWriter>(c, 0));
    ASSIGN_OR_RETURN(const std::string event, scalar_input<std::string>(c, 1, "event"));
    formats::EventView view;
    if (!formats::read_event(event, &view)) return data_loss("Bad tf.Event binary proto tensor string");
    writer->file().add_event(event);
    return OkStatus();
  }
};

REFLOW_OP("ImportEvent")
    .input("writer: resource")
    .input("event: string")
    .stateful()
    .doc("Writes a serialized Event as it is.")
    .shape(no_outputs)
    .kernel<ImportEvent>(kCpu);

template <typename T>
class WriteScalarSummary : public Kernel {
 public:
  explicit WriteScalarSummary(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const SummaryTarget target, SummaryTarget::of(c, 2));
    ASSIGN_OR_RETURN(const T value, scalar_input<T>(c, 3, "value"));
    formats::SummaryBytes summary;
    summary.add_scalar(target.tag, static_cast<float>(value));
    return target.write(EventField::kSummary, std::move(summary).bytes());
  }
};

REFLOW_OP("WriteScalarSummary")
    .input("writer: resource")
    .input("step: int64")
    .input("tag: string")
    .input("value: T")
    .attr("T: {float, double, int32, uint8, int16, int8, int64, bfloat16, uint16, half, uint32, uint64}")
    .stateful()
    .doc("Writes a number.")
    .shape(no_outputs)
    .kernel<WriteScalarSummary>(kCpu, Types<float, double, int32_t, uint8_t, int16_t, int8_t, int64_t, Bfloat16, uint16_t,
                                            Half, uint32_t, uint64_t>{});

class WriteGraphSummary : public Kernel {
 public:
  explicit WriteGraphSummary(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const SummaryTarget target, SummaryTarget::of(c));
    ASSIGN_OR_RETURN(const std::string graph, scalar_input<std::string>(c, 2, "tensor"));
    return target.write(EventField::kGraphDef, graph);
  }
};

REFLOW_OP("WriteGraphSummary")
    .input("writer: resource")
    .input("step: int64")
    .input("tensor: string")
    .stateful()
    .doc("Writes a serialized GraphDef.")
    .shape(no_outputs)
    .kernel<WriteGraphSummary>(kCpu);

}  // namespace
}  // namespace reflow::ops
