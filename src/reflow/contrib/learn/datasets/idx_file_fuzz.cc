// Reads hostile files of MNIST, as images and as labels, plain or compressed as their first bytes say.

#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "reflow/contrib/learn/datasets/idx_file.h"
#include "reflow/io/file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace reflow;
  using namespace reflow::contrib::learn::datasets;
  static const std::string path = "/tmp/reflow_fuzz_" + std::to_string(::getpid()) + ".idx";
  if (!io::write_file(path, {reinterpret_cast<const char*>(data), size}).ok()) std::abort();
  const auto bytes = read_idx_images(path), scaled = read_idx_images(path, DType::kFloat32);
  if (bytes.ok() != scaled.ok() || (bytes.ok() && bytes->shape() != scaled->shape())) std::abort();
  (void)read_idx_labels(path, false);
  (void)read_idx_labels(path, true);
  return 0;
}
