#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "reflow/formats/event_bytes.h"
#include "reflow/formats/event_file_writer.h"
#include "reflow/op/kernel.h"
#include "reflow/op/resource_manager.h"

namespace reflow::ops {

// What the ops that write summaries write to: the event file of a session, by the name of its SummaryWriter node.
class SummaryWriter : public op::Resource {
 public:
  static constexpr std::string_view kTypeName = "N10tensorflow22SummaryWriterInterfaceE";
  explicit SummaryWriter(std::unique_ptr<formats::EventFileWriter> file) : file_(std::move(file)) {}
  std::string debug_string() const override { return "SummaryFileWriter"; }
  formats::EventFileWriter& file() { return *file_; }

 private:
  std::unique_ptr<formats::EventFileWriter> file_;
};

// Where one of these ops writes: inputs 0 and 1 are the writer and the step.
struct SummaryTarget {
  std::shared_ptr<SummaryWriter> writer;
  int64_t step = 0;
  std::string tag;

  static StatusOr<SummaryTarget> of(op::KernelContext& c);
  // And input `tag` is the tag.
  static StatusOr<SummaryTarget> of(op::KernelContext& c, int tag);
  // Adds an event with `content` to the file.
  Status write(formats::EventField field, std::string_view content) const;
};

}  // namespace reflow::ops
