// Reads hostile checkpoints. Entries and data come from the input, in a table with right checksums, so that mutations
// reach what is behind them. The first byte says which version it is, the next two how long the data of V2 are; then
// come keys and values, each after its length in a byte.

#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <map>

#include "reflow/formats/checkpoint_reader.h"
#include "reflow/io/file.h"
#include "reflow/io/staged_file.h"

namespace {

using namespace reflow;

std::string_view take(std::string_view& from, size_t n) {
  const std::string_view taken = from.substr(0, n);
  from.remove_prefix(taken.size());
  return taken;
}

size_t take_number(std::string_view& from) {
  const std::string_view byte = take(from, 1);
  return byte.empty() ? 0 : static_cast<unsigned char>(byte[0]);
}

void write_table(const std::string& path, const std::map<std::string, std::string>& entries) {
  const auto file = io::StagedFile::create(path);
  if (!file.ok()) std::abort();
  io::TableWriter table(file->get());
  for (const auto& [key, value] : entries) {
    if (!table.add(key, value).ok()) std::abort();
  }
  if (!table.finish().ok() || !(*file)->close().ok() || !(*file)->commit().ok()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const std::string prefix = "/tmp/reflow_fuzz_" + std::to_string(::getpid());
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const bool v2 = take_number(rest) % 2 == 0;
  const size_t high = take_number(rest), data_size = high * 256 + take_number(rest);
  const std::string_view values = v2 ? take(rest, data_size) : "";
  std::map<std::string, std::string> entries;
  while (!rest.empty()) {
    const std::string key(take(rest, take_number(rest)));
    entries[key] = take(rest, take_number(rest));
  }
  std::filesystem::remove(prefix + ".index");
  if (v2 && !io::write_file(prefix + ".data-00000-of-00001", values).ok()) std::abort();
  write_table(v2 ? prefix + ".index" : prefix, entries);
  if (const auto reader = formats::CheckpointReader::open(prefix); reader.ok()) {
    for (const auto& tensor : (*reader)->tensors()) {
      const auto value = (*reader)->read(tensor.name);
      if (value.ok() && value->shape() != tensor.shape) std::abort();
    }
  }
  return 0;
}
