#include "reflow/summary/file_writer.h"

#include "reflow/client/errors.h"
#include "reflow/client/status_errors.h"
#include "reflow/formats/event_bytes.h"
#include "reflow/formats/summary_bytes.h"
#include "reflow/formats/event_file_writer.h"
#include "reflow/summary/seen_metadata.h"
#include "reflow/formats/wall_time.h"
#include "tensorflow/core/util/event.pb.h"

namespace reflow::summary {

using formats::EventField;
using formats::EventFileWriter;
using formats::wall_time;

FileWriter::FileWriter(const std::string& logdir, const FileWriterOptions& options) {
  auto writer = EventFileWriter::open(
      logdir, {.max_queue = options.max_queue, .flush_secs = options.flush_secs, .filename_suffix = options.filename_suffix});
  errors::throw_if_error(writer.status());
  writer_ = *std::move(writer);
}

FileWriter::FileWriter(const std::string& logdir, const Graph& graph, const FileWriterOptions& options)
    : FileWriter(logdir, options) {
  add_graph(graph);
}

FileWriter::~FileWriter() = default;

void FileWriter::add_event(std::string_view event) { writer_->add_event(event); }

void FileWriter::add_summary(const Tensor& summary, int64_t global_step) {
  if (summary.dtype() != DType::kString || summary.num_elements() != 1) {
    errors::throw_if_error(invalid_argument("A summary is one string, not {}", summary.debug_string()));
  }
  add_summary(summary.item<std::string>(), global_step);
}

void FileWriter::add_summary(std::string_view summary, int64_t global_step) {
  StatusOr<std::string> rewritten = [&] {
    const std::lock_guard lock(mutex_);
    return without_seen_metadata(summary, &seen_tags_);
  }();
  errors::throw_if_error(rewritten.status());
  add_event(formats::event_bytes(wall_time(), global_step, EventField::kSummary, *rewritten));
}

void FileWriter::add_scalar(std::string_view tag, float value, int64_t global_step) {
  formats::SummaryBytes summary;
  summary.add_scalar(tag, value);
  add_event(formats::event_bytes(wall_time(), global_step, EventField::kSummary, std::move(summary).bytes()));
}

void FileWriter::add_graph(const Graph& graph, int64_t global_step) {
  add_event(formats::event_bytes(wall_time(), global_step, EventField::kGraphDef, graph.as_graph_def(true)));
}

void FileWriter::add_meta_graph(std::string_view meta_graph_def, int64_t global_step) {
  add_event(formats::event_bytes(wall_time(), global_step, EventField::kMetaGraphDef, meta_graph_def));
}

void FileWriter::add_session_log(const SessionLog& session_log, int64_t global_step) {
  tensorflow::SessionLog message;
  message.set_status(static_cast<tensorflow::SessionLog::SessionStatus>(session_log.status));
  message.set_checkpoint_path(session_log.checkpoint_path);
  message.set_msg(session_log.msg);
  add_event(formats::event_bytes(wall_time(), global_step, EventField::kSessionLog, message.SerializeAsString()));
}

void FileWriter::add_run_metadata(const RunMetadata& run_metadata, const std::string& tag, int64_t global_step) {
  {
    const std::lock_guard lock(mutex_);
    if (!run_tags_.insert(tag).second) throw ValueError("The provided tag was already used for this event type");
  }
  add_event(formats::event_bytes(wall_time(), global_step, EventField::kTaggedRunMetadata,
                                 formats::tagged_run_metadata(tag, run_metadata.serialize())));
}

void FileWriter::flush() { writer_->flush(); }
void FileWriter::close() { writer_->close(); }
void FileWriter::reopen() { writer_->reopen(); }
const std::string& FileWriter::get_logdir() const { return writer_->logdir(); }
std::string FileWriter::path() const { return writer_->path(); }

}  // namespace reflow::summary
