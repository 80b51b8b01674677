#include "reflow/tools/records_show.h"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include <map>
#include <memory>
#include <string_view>
#include <vector>

#include "reflow/formats/example_view.h"
#include "reflow/tools/json_text.h"
#include "reflow/tools/record_files.h"
#include "tensorflow/core/example/example.pb.h"

namespace reflow::tools {
namespace {

using formats::FeatureEntry;

// "3 int64", "2 bytes", "nothing".
std::string feature_summary(const tensorflow::Feature& feature) {
  switch (feature.kind_case()) {
    case tensorflow::Feature::kBytesList: return fmt::format("{} bytes", feature.bytes_list().value_size());
    case tensorflow::Feature::kFloatList: return fmt::format("{} float", feature.float_list().value_size());
    case tensorflow::Feature::kInt64List: return fmt::format("{} int64", feature.int64_list().value_size());
    default: return "nothing";
  }
}

std::string printable(std::string_view bytes) {
  constexpr size_t kMost = 40;
  std::string text = "\"";
  for (const char c : bytes.substr(0, kMost)) {
    if (c == '"' || c == '\\') text += {'\\', c};
    else if (c >= 0x20 && c < 0x7f) text += c;
    else text += fmt::format("\\x{:02x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
  }
  return text + "\"" + (bytes.size() > kMost ? fmt::format("... ({} bytes)", bytes.size()) : "");
}

std::string feature_values(const tensorflow::Feature& feature) {
  constexpr int kMost = 10;
  std::string text;
  const auto add = [&](const auto& list, const auto& show) {
    for (int i = 0; i < std::min(list.value_size(), kMost); ++i) text += " " + show(list.value(i));
    if (list.value_size() > kMost) text += fmt::format(" ... ({} in all)", list.value_size());
  };
  const auto number = [](auto v) { return fmt::format("{}", v); };
  switch (feature.kind_case()) {
    case tensorflow::Feature::kBytesList: add(feature.bytes_list(), [](const std::string& v) { return printable(v); }); break;
    case tensorflow::Feature::kFloatList: add(feature.float_list(), number); break;
    case tensorflow::Feature::kInt64List: add(feature.int64_list(), number); break;
    default: text = " nothing";
  }
  return text;
}

template <typename Map>
std::string features_text(const Map& features, bool values) {
  const std::map<std::string, tensorflow::Feature> sorted(features.begin(), features.end());
  std::string text;
  for (const auto& [key, feature] : sorted) {
    text += values ? fmt::format("      {}:{}\n", key, feature_values(feature))
                   : fmt::format("{}{}: {}", text.empty() ? "" : ", ", key, feature_summary(feature));
  }
  return values ? "\n" + text : text + "\n";
}

// Examples and SequenceExamples have the same first field, so what has feature lists is a sequence.
bool is_example(std::string_view record, tensorflow::Example* example, tensorflow::SequenceExample* sequence) {
  std::vector<FeatureEntry> context, lists;
  if (record.empty() || !formats::read_sequence_example(record, true, &context, &lists)) return false;
  if (context.empty() && lists.empty()) return false;
  const auto size = static_cast<int>(record.size());
  return lists.empty() ? example->ParseFromArray(record.data(), size) && example->GetReflection()->GetUnknownFields(*example).empty()
                       : sequence->ParseFromArray(record.data(), size);
}

std::string json_of(const google::protobuf::Message& message) {
  std::string json;
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  (void)google::protobuf::util::MessageToJsonString(message, &json, options);
  return json;
}

std::string record_text(int64_t index, uint64_t offset, std::string_view record, const ShowRecordsOptions& options) {
  tensorflow::Example example;
  tensorflow::SequenceExample sequence;
  const bool known = is_example(record, &example, &sequence);
  const bool is_sequence = known && sequence.feature_lists().feature_list_size() > 0;
  if (options.json) {
    std::string line = fmt::format("{{\"index\": {}, \"offset\": {}, \"size\": {}", index, offset, record.size());
    if (is_sequence) line += ", \"sequence_example\": " + json_of(sequence);
    else if (known) line += ", \"example\": " + json_of(example);
    return line + "}\n";
  }
  std::string line = fmt::format("{:>7}  {:>12}  {:>9}  ", index, offset, record.size());
  if (!known) return line + (record.empty() ? "(empty)\n" : fmt::format("bytes {}\n", printable(record)));
  if (!is_sequence) return line + "Example " + features_text(example.features().feature(), options.values);
  std::string lists;
  for (const auto& [key, list] : sequence.feature_lists().feature_list()) {
    lists += fmt::format("; {}: {} steps", key, list.feature_size());
  }
  std::string context = features_text(sequence.context().feature(), options.values);
  context.insert(context.size() - 1, options.values ? "" : lists);
  return line + "SequenceExample " + context;
}

}  // namespace

StatusOr<std::string> show_records(const std::string& path, const ShowRecordsOptions& options) {
  ASSIGN_OR_RETURN(const std::unique_ptr<io::RecordReader> reader, open_records(path, options.compression));
  std::string text = options.json ? "" : fmt::format("{:>7}  {:>12}  {:>9}  content\n", "record", "offset", "bytes");
  int64_t index = 0, shown = 0;
  for (;; ++index) {
    const uint64_t offset = reader->offset();
    std::string_view record;
    const Status status = reader->next(&record);
    if (status.code() == StatusCode::kOutOfRange) break;
    if (!status.ok()) return append_message(status, fmt::format(" of {}, after {} sound records", path, index));
    if (index < options.first) continue;
    if (options.count >= 0 && shown == options.count) {
      if (!options.json) text += "    ...\n";
      break;
    }
    ++shown;
    text += record_text(index, offset, record, options);
  }
  return text;
}

}  // namespace reflow::tools
