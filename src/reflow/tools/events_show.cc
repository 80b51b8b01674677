#include "reflow/tools/events_show.h"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <map>

#include "reflow/tools/events_read.h"
#include "reflow/tools/json_text.h"

namespace reflow::tools {
namespace {

using tensorflow::Event;

// What is known of one tag of one file.
struct TagInfo {
  std::string kind, last;
  int64_t count = 0, first_step = 0, last_step = 0;
};

std::string value_text(const tensorflow::Summary::Value& value) {
  double number;
  if (scalar_of(value, &number)) return fmt::format("{:.6g}", number);
  switch (value.value_case()) {
    case tensorflow::Summary::Value::kHisto:
      return fmt::format("{:.0f} values from {:.6g} to {:.6g}", value.histo().num(), value.histo().min(), value.histo().max());
    case tensorflow::Summary::Value::kImage:
      return fmt::format("{}x{}, {} bytes", value.image().width(), value.image().height(),
                         value.image().encoded_image_string().size());
    case tensorflow::Summary::Value::kAudio:
      return fmt::format("{} frames at {:g} Hz", value.audio().length_frames(), value.audio().sample_rate());
    case tensorflow::Summary::Value::kTensor: {
      const auto& tensor = value.tensor();
      if (tensor.string_val_size() > 0) return tensor.string_val(0).substr(0, 40);
      return fmt::format("rank {}", tensor.tensor_shape().dim_size());
    }
    default: return "";
  }
}

// "graph", 5248 bytes; for events that are no summaries.
std::string what_of(const Event& event, std::string* detail) {
  switch (event.what_case()) {
    case Event::kFileVersion: *detail = event.file_version(); return "version";
    case Event::kGraphDef: *detail = fmt::format("{} bytes", event.graph_def().size()); return "graph";
    case Event::kMetaGraphDef: *detail = fmt::format("{} bytes", event.meta_graph_def().size()); return "meta graph";
    case Event::kSessionLog:
      *detail = tensorflow::SessionLog::SessionStatus_Name(event.session_log().status());
      return "session log";
    case Event::kTaggedRunMetadata: *detail = event.tagged_run_metadata().tag(); return "run metadata";
    case Event::kLogMessage: *detail = event.log_message().message(); return "log message";
    default: return "empty";
  }
}

std::string event_text(const Event& event) {
  if (event.what_case() != Event::kSummary) {
    std::string detail;
    const std::string what = what_of(event, &detail);
    return fmt::format("{:>9}  {:<12}  {}\n", event.step(), what, detail);
  }
  std::string text;
  for (const auto& value : event.summary().value()) {
    const std::string& name = value.tag().empty() ? value.node_name() : value.tag();
    text += fmt::format("{:>9}  {:<12}  {} = {}\n", event.step(), kind_of(value), name, value_text(value));
  }
  return text;
}

std::string event_json(const Event& event) {
  std::string json;
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  (void)google::protobuf::util::MessageToJsonString(event, &json, options);
  return json + "\n";
}

class Overview {
 public:
  void add(const Event& event) {
    if (event.what_case() == Event::kSummary) {
      for (const auto& value : event.summary().value()) {
        const std::string& name = value.tag().empty() ? value.node_name() : value.tag();
        add(&tags_[name], kind_of(value), event.step(), value_text(value));
      }
      return;
    }
    std::string detail;
    const std::string what = what_of(event, &detail);
    add(&others_[what], what, event.step(), detail);
  }

  std::string text(const std::string& file) const {
    size_t width = 3;
    for (const auto& [tag, info] : tags_) width = std::max(width, tag.size());
    std::string text = file + "\n";
    for (const auto& [what, info] : others_) {
      text += fmt::format("  {}: {}, last {} at step {}\n", what, info.count, info.last, info.last_step);
    }
    if (tags_.empty()) return text;
    text += fmt::format("\n  {:<{}}  {:<9}  {:>7}  {:>15}  last value\n", "tag", width, "kind", "number", "steps");
    for (const auto& [tag, info] : tags_) {
      text += fmt::format("  {:<{}}  {:<9}  {:>7}  {:>15}  {}\n", tag, width, info.kind, info.count,
                          fmt::format("{} to {}", info.first_step, info.last_step), info.last);
    }
    return text;
  }

  std::string json(const std::string& file) const {
    std::string text;
    const auto put = [&](const char* key, const std::string& name, const TagInfo& info) {
      text += fmt::format("{{\"file\": {}, \"{}\": {}, \"kind\": {}, \"number\": {}, \"first_step\": {}, \"last_step\": {}, "
                          "\"last\": {}}}\n", json_string(file), key, json_string(name), json_string(info.kind), info.count,
                          info.first_step, info.last_step, json_string(info.last));
    };
    for (const auto& [what, info] : others_) put("what", what, info);
    for (const auto& [tag, info] : tags_) put("tag", tag, info);
    return text;
  }

 private:
  static void add(TagInfo* info, const std::string& kind, int64_t step, const std::string& last) {
    info->first_step = info->count == 0 ? step : std::min(info->first_step, step);
    info->last_step = info->count == 0 ? step : std::max(info->last_step, step);
    ++info->count;
    info->kind = kind;
    info->last = last;
  }
  std::map<std::string, TagInfo> tags_, others_;
};

}  // namespace

StatusOr<std::string> show_events(const std::string& path, const ShowEventsOptions& options) {
  ASSIGN_OR_RETURN(const std::vector<std::string> files, event_files(path));
  std::string text;
  for (const std::string& file : files) {
    Overview overview;
    if (options.all && !options.json) text += file + "\n";
    RETURN_IF_ERROR(each_event(file, [&](const Event& event) {
      if (options.all) text += options.json ? event_json(event) : event_text(event);
      else overview.add(event);
      return OkStatus();
    }));
    if (!options.all) text += options.json ? overview.json(file) : overview.text(file);
  }
  return text;
}

}  // namespace reflow::tools
