#include "reflow/tools/checkpoint_show.h"

#include <absl/strings/escaping.h>
#include <unistr.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <vector>

#include <fmt/ranges.h>

#include "reflow/tensor/tensor_text.h"
#include "reflow/tools/json_text.h"
#include "reflow/train/checkpoint_management.h"

namespace reflow::tools {
namespace {

using formats::BundleEntry;
using formats::CheckpointReader;

std::string size_text(int64_t bytes) {
  if (bytes < 10000) return fmt::format("{} B", bytes);
  if (bytes < 10000000) return fmt::format("{:.1f} kB", static_cast<double>(bytes) / 1e3);
  return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
}

struct Row {
  std::string name, type, shape, place;
  int64_t size_bytes = 0;
  size_t num_slices = 0;
};

// Where the tensor is: shard and offset, or the number of slices.
StatusOr<Row> row_of(const CheckpointReader& reader, const CheckpointReader::TensorInfo& info) {
  Row row{info.name, dtype_name(info.dtype), info.shape.str(), "", 0, 0};
  if (const formats::SliceFileReader* files = reader.slice_files()) {
    row.num_slices = files->tensors().find(info.name)->second.slices.size();
    row.size_bytes = is_plain(info.dtype) ? info.shape.num_elements() * dtype_size(info.dtype) : 0;
    row.place = fmt::format("{} slice{}", row.num_slices, row.num_slices == 1 ? "" : "s");
    return row;
  }
  ASSIGN_OR_RETURN(const BundleEntry entry, reader.bundle()->find(info.name));
  row.num_slices = entry.slices.size();
  row.size_bytes = entry.size_bytes;
  row.place = fmt::format("shard {}, offset {}", entry.shard, entry.offset);
  if (entry.slices.empty()) return row;
  row.place = fmt::format("{} slices", entry.slices.size());
  for (const formats::TensorSlice& slice : entry.slices) {
    ASSIGN_OR_RETURN(const BundleEntry part, reader.bundle()->find(formats::slice_key(info.name, slice)));
    row.size_bytes += part.size_bytes;
  }
  return row;
}

std::string json_row(const Row& row, const CheckpointReader::TensorInfo& info) {
  return fmt::format("{{\"name\": {}, \"dtype\": \"{}\", \"shape\": [{}], \"bytes\": {}, \"slices\": {}}}", json_string(row.name),
                     row.type, fmt::join(info.shape.dims(), ", "), row.size_bytes, row.num_slices);
}

std::string table(const std::vector<Row>& rows, const std::string& title) {
  size_t name = 4, type = 4, shape = 5;
  int64_t bytes = 0;
  for (const Row& r : rows) {
    name = std::max(name, r.name.size());
    type = std::max(type, r.type.size());
    shape = std::max(shape, r.shape.size());
    bytes += r.size_bytes;
  }
  std::string text = fmt::format("{}\n\n{:<{}}  {:<{}}  {:<{}}  {:>9}  place\n", title, "name", name, "type", type, "shape", shape, "size");
  for (const Row& r : rows) {
    text += fmt::format("{:<{}}  {:<{}}  {:<{}}  {:>9}  {}\n", r.name, name, r.type, type, r.shape, shape, size_text(r.size_bytes), r.place);
  }
  return text + fmt::format("\n{} tensor{}, {}\n", rows.size(), rows.size() == 1 ? "" : "s", size_text(bytes));
}

template <typename T>
std::string json_element(const T& v) {
  if constexpr (std::is_same_v<T, bool>) return v ? "true" : "false";
  else if constexpr (std::is_integral_v<T>) return std::to_string(v);
  else if constexpr (std::is_same_v<T, std::complex<float>> || std::is_same_v<T, std::complex<double>>) {
    return fmt::format("[{}, {}]", json_element(v.real()), json_element(v.imag()));
  } else if constexpr (std::is_same_v<T, std::string>) {
    const bool is_text = u8_check(reinterpret_cast<const uint8_t*>(v.data()), v.size()) == nullptr;
    return is_text ? json_string(v) : fmt::format("{{\"base64\": \"{}\"}}", absl::Base64Escape(v));
  } else if constexpr (requires { static_cast<double>(v); }) {
    const auto number = static_cast<double>(v);
    if (std::isnan(number)) return "\"nan\"";
    if (std::isinf(number)) return number > 0 ? "\"inf\"" : "\"-inf\"";
    if constexpr (std::is_same_v<T, float>) return fmt::format("{}", v);
    return fmt::format("{}", number);
  } else {
    return std::to_string(v.value);
  }
}

std::string json_values(const Tensor& t) {
  std::vector<std::string> values;
  with_type(kPlainTypes + Types<std::string, Qint8, Quint8, Qint16, Quint16, Qint32>{}, t.dtype(), [&]<typename T>() {
    for (int64_t i = 0; i < t.num_elements(); ++i) values.push_back(json_element(t.data<T>()[i]));
  });
  // The innermost dimension first: lists of lists.
  for (int d = t.rank() - 1; d >= 0; --d) {
    std::vector<std::string> lists;
    const int64_t count = t.shape().sub_shape(0, d).num_elements(), size = t.dim(d);
    for (int64_t i = 0; i < count; ++i) {
      const auto begin = values.begin() + i * size;
      lists.push_back(fmt::format("[{}]", fmt::join(begin, begin + size, ", ")));
    }
    values = std::move(lists);
  }
  return values.at(0);
}

// "min -1.5, max 2, mean 0.25"; nothing for what isn't numbers.
std::string range_text(const Tensor& t) {
  std::string text;
  with_type(kFloatTypes + kAllIntTypes, t.dtype(), [&]<typename T>() {
    if (t.num_elements() == 0) return;
    double low = INFINITY, high = -INFINITY, sum = 0;
    int64_t not_finite = 0;
    for (int64_t i = 0; i < t.num_elements(); ++i) {
      const auto v = static_cast<double>(t.data<T>()[i]);
      if (!std::isfinite(v)) {
        ++not_finite;
        continue;
      }
      low = std::min(low, v);
      high = std::max(high, v);
      sum += v;
    }
    const int64_t n = t.num_elements() - not_finite;
    if (n > 0) text = fmt::format("min {:.7g}, max {:.7g}, mean {:.7g}", low, high, sum / static_cast<double>(n));
    if (not_finite > 0) text += fmt::format("{}{} not finite", n > 0 ? ", " : "", not_finite);
    text += '\n';
  });
  return text;
}

}  // namespace

StatusOr<std::unique_ptr<CheckpointReader>> open_checkpoint(const std::string& prefix_or_folder) {
  std::string prefix = prefix_or_folder;
  if (std::filesystem::is_directory(prefix)) {
    const auto newest = train::latest_checkpoint(prefix);
    if (!newest) return not_found("{} has no file `checkpoint` that names one", prefix);
    prefix = *newest;
  }
  // A file of the checkpoint instead of its prefix is a mistake that is easily made.
  for (const std::string_view end : {".index", ".meta"}) {
    if (prefix.size() > end.size() && prefix.ends_with(end)) prefix.resize(prefix.size() - end.size());
  }
  auto reader = CheckpointReader::open(prefix);
  if (reader.ok()) return reader;
  return make_status(reader.status().code(), fmt::format("{}: {}", prefix, message_of(reader.status())));
}

StatusOr<std::string> list_checkpoint(const std::string& prefix, const ListCheckpointOptions& options) {
  ASSIGN_OR_RETURN(const auto reader, open_checkpoint(prefix));
  std::vector<Row> rows;
  std::string json;
  for (const auto& info : reader->tensors()) {
    ASSIGN_OR_RETURN(const Row row, row_of(*reader, info));
    if (options.verify) RETURN_IF_ERROR(reader->read(info.name).status());
    json += fmt::format("{}{}", json.empty() ? "" : ",\n ", json_row(row, info));
    rows.push_back(row);
  }
  if (options.json) return fmt::format("[{}]\n", json);
  const std::string title =
      reader->bundle() ? fmt::format("{}: checkpoint V2, {} shard{}", reader->bundle()->prefix(), reader->bundle()->header().num_shards,
                                     reader->bundle()->header().num_shards == 1 ? "" : "s")
                       : fmt::format("{}: checkpoint V1", reader->slice_files()->pattern());
  return table(rows, title) + (options.verify ? "All checksums are right.\n" : "");
}

StatusOr<std::string> show_tensor(const std::string& prefix, const std::string& name, const ShowTensorOptions& options) {
  ASSIGN_OR_RETURN(const auto reader, open_checkpoint(prefix));
  if (!reader->find(name)) {
    std::vector<std::string> near;
    for (const auto& info : reader->tensors()) {
      if (info.name.find(name) != std::string::npos && near.size() < 5) near.push_back(info.name);
    }
    return not_found("Key {} not found in checkpoint{}", name,
                     near.empty() ? "" : fmt::format("; there are {}", fmt::join(near, ", ")));
  }
  ASSIGN_OR_RETURN(const Tensor value, reader->read(name));
  if (options.json) {
    return fmt::format("{{\"name\": {}, \"dtype\": \"{}\", \"shape\": [{}], \"values\": {}}}\n", json_string(name),
                       dtype_name(value.dtype()), fmt::join(value.shape().dims(), ", "), json_values(value));
  }
  return fmt::format("{}: {} {}\n{}{}\n", name, dtype_name(value.dtype()), value.shape().str(), range_text(value),
                     summarize_ends(value, options.ends));
}

}  // namespace reflow::tools
