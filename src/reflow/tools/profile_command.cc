#include "reflow/tools/profile_command.h"

#include <algorithm>
#include <filesystem>

#include "reflow/graph/read_proto.h"
#include "reflow/io/file.h"
#include "reflow/summary/chrome_trace.h"
#include "reflow/tools/events_read.h"
#include "reflow/tools/run_profile.h"
#include "tensorflow/core/protobuf/config.pb.h"

namespace reflow::tools {
namespace {

using tensorflow::RunMetadata;

// The run of event files that FileWriter.add_run_metadata called `tag`; without a tag the last one.
StatusOr<RunMetadata> metadata_of_events(const std::string& path, const std::string& tag) {
  ASSIGN_OR_RETURN(const std::vector<std::string> files, event_files(path));
  std::string found;
  std::string tags;
  bool any = false;
  for (const std::string& file : files) {
    RETURN_IF_ERROR(each_event(file, [&](const tensorflow::Event& event) {
      if (!event.has_tagged_run_metadata()) return OkStatus();
      const auto& tagged = event.tagged_run_metadata();
      tags += (tags.empty() ? "" : ", ") + tagged.tag();
      if (!tag.empty() && tagged.tag() != tag) return OkStatus();
      any = true;
      found = tagged.run_metadata();
      return OkStatus();
    }));
  }
  if (!any && tags.empty()) return not_found("{} has no RunMetadata", path);
  if (!any) return not_found("{} has no RunMetadata with the tag {}; there are {}", path, tag, tags);
  RunMetadata metadata;
  if (!metadata.ParseFromString(found)) return data_loss("{}: the RunMetadata is damaged", path);
  return metadata;
}

StatusOr<RunMetadata> read_metadata(const std::string& path, const std::string& tag) {
  std::error_code error;
  const bool events = std::filesystem::is_directory(path, error) || path.find("tfevents") != std::string::npos;
  if (events) return metadata_of_events(path, tag);
  RunMetadata metadata;
  RETURN_IF_ERROR(graph::read_proto(path, &metadata));
  return metadata;
}

// Whether sums over all nodes can be made: a damaged file may say anything.
bool is_plausible(const tensorflow::NodeExecStats& node) {
  constexpr int64_t kLongestMicros = int64_t{1} << 40, kMostBytes = int64_t{1} << 48;
  const auto within = [](int64_t value, int64_t limit) { return value >= 0 && value < limit; };
  return within(node.all_start_micros(), int64_t{1} << 53) && within(node.all_start_nanos(), int64_t{1} << 62) &&
         within(node.all_end_rel_micros(), kLongestMicros) && within(node.all_end_rel_nanos(), 1000 * kLongestMicros) &&
         std::ranges::all_of(node.memory(), [&](const auto& memory) { return within(memory.total_bytes(), kMostBytes); }) &&
         std::ranges::all_of(node.output(), [&](const auto& output) {
           return within(output.tensor_description().allocation_description().requested_bytes(), kMostBytes);
         });
}

Status write_file(const std::string& path, const std::string& text) {
  ASSIGN_OR_RETURN(const std::unique_ptr<io::WritableFile> file, io::WritableFile::open(path));
  RETURN_IF_ERROR(file->append(text));
  return file->close();
}

}  // namespace

ProfileCommand::ProfileCommand(CLI::App& app) {
  command_ = app.add_subcommand("profile", "Print what a traced run spent its time on: by op and by node");
  command_->add_option("FILE", path_, "A RunMetadata, binary or text; an event file, or a folder that has some")->required();
  command_->add_option("--tag", tag_, "Of event files: the run with this tag; default: the last one")->type_name("TAG");
  command_->add_option("--top", top_, "List the N longest nodes of each device; 0: all, as they ran")
      ->type_name("N")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command_->add_flag("--json", json_, "Print JSON, one object for each op and each node");
  command_->add_option("--trace", trace_file_, "Write the trace for chrome://tracing to OUT")->type_name("OUT");
  command_->add_flag("--memory", memory_, "Have tensors and memory in the trace");
  command_->footer("Example:\n  reflow profile run_metadata.pb --trace trace.json\n\nA program makes the file with\n"
                   "  sess.run(..., options=tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE), run_metadata=metadata)");
}

StatusOr<std::string> ProfileCommand::run() const {
  ASSIGN_OR_RETURN(const RunMetadata metadata, read_metadata(path_, tag_));
  const tensorflow::StepStats& stats = metadata.step_stats();
  if (stats.dev_stats().empty()) {
    return invalid_argument("{} has no StepStats: the run was not traced (trace_level=FULL_TRACE), or this is no RunMetadata",
                            path_);
  }
  for (const auto& device : stats.dev_stats()) {
    for (const auto& node : device.node_stats()) {
      if (!is_plausible(node)) return data_loss("{}: times or sizes of node '{}' make no sense", path_, node.node_name());
    }
  }
  if (!trace_file_.empty()) RETURN_IF_ERROR(write_file(trace_file_, summary::chrome_trace(stats, memory_)));
  std::string text;
  for (const DeviceProfile& profile : profile_run(stats)) {
    if (!json_ && !text.empty()) text += '\n';
    text += json_ ? profile_json(profile) : profile_text(profile, top_);
  }
  return text;
}

}  // namespace reflow::tools
