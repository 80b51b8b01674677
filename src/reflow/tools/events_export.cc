#include <fmt/format.h>

#include "reflow/io/file.h"
#include "reflow/tools/events_read.h"
#include "reflow/tools/events_show.h"
#include "reflow/tools/json_text.h"

namespace reflow::tools {
namespace {

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\n") == text.npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

// "layer/image/0" at step 3: layer_image_0-3.png.
std::string file_name(const std::string& tag, int64_t step, const char* ending) {
  std::string name;
  for (const char c : tag) name += c == '/' || c == '\0' ? '_' : c;
  return fmt::format("{}-{}{}", name, step, ending);
}

class Exporter {
 public:
  explicit Exporter(const ExportEventsOptions& options) : options_(options) {}

  Status add(const tensorflow::Event& event) {
    for (const auto& value : event.summary().value()) {
      if (!options_.tag.empty() && value.tag() != options_.tag) continue;
      found_ = true;
      double number;
      if (scalar_of(value, &number)) {
        add_line(value.tag(), event.step(), event.wall_time(), number);
      } else if (!options_.folder.empty() && value.has_image()) {
        RETURN_IF_ERROR(save(value.image().encoded_image_string(), file_name(value.tag(), event.step(), ".png")));
      } else if (!options_.folder.empty() && value.has_audio()) {
        RETURN_IF_ERROR(save(value.audio().encoded_audio_string(), file_name(value.tag(), event.step(), ".wav")));
      }
    }
    return OkStatus();
  }

  bool found() const { return found_; }
  std::string text() const { return (options_.json ? "" : "tag,step,wall_time,value\n") + lines_; }

 private:
  void add_line(const std::string& tag, int64_t step, double wall_time, double value) {
    // JSON has no NaN and no infinity.
    const bool finite = value - value == 0;
    if (options_.json) {
      lines_ += fmt::format("{{\"tag\": {}, \"step\": {}, \"wall_time\": {:.6f}, \"value\": {}}}\n", json_string(tag), step,
                            wall_time, finite ? fmt::format("{:.9g}", value) : fmt::format("\"{}\"", value));
    } else {
      lines_ += fmt::format("{},{},{:.6f},{:.9g}\n", csv_field(tag), step, wall_time, value);
    }
  }
  Status save(const std::string& content, const std::string& name) {
    RETURN_IF_ERROR(io::create_folders(options_.folder));
    return io::write_file(options_.folder + "/" + name, content);
  }

  const ExportEventsOptions& options_;
  std::string lines_;
  bool found_ = false;
};

}  // namespace

StatusOr<std::string> export_events(const std::string& path, const ExportEventsOptions& options) {
  ASSIGN_OR_RETURN(const std::vector<std::string> files, event_files(path));
  Exporter exporter(options);
  for (const std::string& file : files) {
    RETURN_IF_ERROR(each_event(file, [&](const tensorflow::Event& event) { return exporter.add(event); }));
  }
  if (!options.tag.empty() && !exporter.found()) {
    return not_found("No tag {} in {}; `reflow events show {}` lists them", options.tag, path, path);
  }
  return exporter.text();
}

}  // namespace reflow::tools
