// Reads hostile HDF5 files. A limit of memory (-rss_limit_mb) shows what is allocated for no reason.

#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "reflow/formats/hdf5_reader.h"

namespace {

using reflow::formats::Hdf5Object;
using reflow::formats::Hdf5Reader;

// `left`: how many objects are still looked at; groups of a hostile file contain themselves.
void read_all(const Hdf5Reader& reader, const std::string& path, int depth, int* left) {
  if (--*left < 0) return;
  const auto object = reader.find(path);
  if (!object.ok()) return;
  if (!object->is_group) {
    const auto value = reader.read(*object);
    if (value.ok() && value->tensor.shape() != object->shape) std::abort();
    return;
  }
  if (depth == 0) return;
  for (const auto& member : object->members) read_all(reader, path + "/" + member.first, depth - 1, left);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const std::string path = "/tmp/reflow_fuzz_" + std::to_string(::getpid()) + ".h5";
  if (!reflow::io::write_file(path, {reinterpret_cast<const char*>(data), size}).ok()) std::abort();
  if (const auto reader = Hdf5Reader::open(path); reader.ok()) {
    int left = 100;
    read_all(**reader, "", 5, &left);
  }
  return 0;
}
