#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "reflow/client/graph.h"
#include "reflow/client/session.h"
#include "reflow/tensor/tensor.h"

namespace reflow::formats {
class EventFileWriter;
}

namespace reflow {

// What an event file says of a session's life.
struct SessionLog {
  enum SessionStatus : int { STATUS_UNSPECIFIED = 0, START = 1, STOP = 2, CHECKPOINT = 3 };
  SessionStatus status = STATUS_UNSPECIFIED;
  std::string checkpoint_path;  // of a CHECKPOINT: what was given to Saver::save
  std::string msg;
};

}  // namespace reflow

namespace reflow::summary {

struct FileWriterOptions {
  int max_queue = 10;       // events that may wait for the disk before an add waits
  double flush_secs = 120;  // how often what was written is handed to the operating system
  std::string filename_suffix;
};

// Writes summaries, graphs and traces to an event file that TensorBoard shows: tensorboard --logdir DIR. A thread of its
// own writes; an add costs microseconds. Thread-safe. What can't be written is reported once, and training goes on.
class FileWriter {
 public:
  // Makes the folder; the file is made for the first event. errors::OpError: the folder can't be made.
  explicit FileWriter(const std::string& logdir, const FileWriterOptions& options = {});
  // The same, and adds the graph.
  FileWriter(const std::string& logdir, const Graph& graph, const FileWriterOptions& options = {});
  ~FileWriter();  // closes

  // What merge_all or a summary op gave, at `global_step`. InvalidArgument: it is no summary.
  void add_summary(const Tensor& summary, int64_t global_step = 0);
  // The same of a serialized Summary. Metadata is written once for each tag.
  void add_summary(std::string_view summary, int64_t global_step = 0);
  // One number, without a graph.
  void add_scalar(std::string_view tag, float value, int64_t global_step = 0);
  void add_graph(const Graph& graph, int64_t global_step = 0);
  // A serialized MetaGraphDef.
  void add_meta_graph(std::string_view meta_graph_def, int64_t global_step = 0);
  void add_session_log(const SessionLog& session_log, int64_t global_step = 0);
  // What Session::run gave for RunOptions with a trace. ValueError: the tag has been used.
  void add_run_metadata(const RunMetadata& run_metadata, const std::string& tag, int64_t global_step = 0);
  // A serialized Event.
  void add_event(std::string_view event);

  void flush();
  void close();
  // Begins another file of the same folder after close().
  void reopen();
  const std::string& get_logdir() const;
  // The file that is being written; empty while there is none.
  std::string path() const;

 private:
  std::unique_ptr<formats::EventFileWriter> writer_;
  std::mutex mutex_;
  std::set<std::string, std::less<>> seen_tags_, run_tags_;
};

}  // namespace reflow::summary
