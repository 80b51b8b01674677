// Whole files, and names of files.

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "reflow/io/file.h"
#include "reflow/io/matching_files.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

class ReadFile : public Kernel {
 public:
  explicit ReadFile(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const Tensor& name = c.input(0);
    if (name.rank() != 0) {
      return invalid_argument("Input filename tensor must be scalar, but had shape: {}", name.shape().str());
    }
    ASSIGN_OR_RETURN(*c.output(0).data<std::string>(), io::read_file(name.item<std::string>()));
    return OkStatus();
  }
};

Status read_file_shape(ShapeContext& c) {
  Shape scalar;
  if (!c.concrete()) RETURN_IF_ERROR(c.with_rank(c.input(0), 0, &scalar));
  return scalar_shape(c);
}

REFLOW_OP("ReadFile")
    .input("filename: string")
    .output("contents: string")
    .doc("The whole content of a file.")
    .shape(read_file_shape)
    .kernel<ReadFile>(kCpu);

class WriteFile : public Kernel {
 public:
  explicit WriteFile(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const Tensor &name = c.input(0), &contents = c.input(1);
    if (name.rank() != 0) {
      return invalid_argument("Input filename tensor must be scalar, but had shape: {}", name.shape().str());
    }
    if (contents.rank() != 0) {
      return invalid_argument("Contents tensor must be scalar, but had shape: {}", contents.shape().str());
    }
    const std::string& path = name.item<std::string>();
    const size_t slash = path.rfind('/');
    if (slash != path.npos && slash > 0) RETURN_IF_ERROR(io::create_folders(path.substr(0, slash)));
    return io::write_file(path, contents.item<std::string>());
  }
};

Status write_file_shape(ShapeContext& c) {
  Shape scalar;
  if (c.concrete()) return OkStatus();
  RETURN_IF_ERROR(c.with_rank(c.input(0), 0, &scalar));
  return c.with_rank(c.input(1), 0, &scalar);
}

REFLOW_OP("WriteFile")
    .input("filename: string")
    .input("contents: string")
    .stateful()
    .doc("Makes `contents` the content of a file, and the folders that it lies in.")
    .shape(write_file_shape)
    .kernel<WriteFile>(kCpu);

class MatchingFiles : public Kernel {
 public:
  explicit MatchingFiles(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const Tensor& patterns = c.input(0);
    if (patterns.rank() > 1) {
      return invalid_argument("Input patterns tensor must be scalar or vector, but had shape: {}", patterns.shape().str());
    }
    std::vector<std::string> all;
    for (const std::string& pattern : patterns.flat<std::string>()) {
      ASSIGN_OR_RETURN(std::vector<std::string> found, io::matching_files(pattern));
      all.insert(all.end(), std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()));
    }
    std::sort(all.begin(), all.end());
    RETURN_IF_ERROR(c.allocate_output(0, {static_cast<int64_t>(all.size())}));
    std::move(all.begin(), all.end(), c.output(0).data<std::string>());
    return OkStatus();
  }
};

Status matching_files_shape(ShapeContext& c) {
  Shape patterns;
  if (!c.concrete()) RETURN_IF_ERROR(c.with_rank_at_most(c.input(0), 1, &patterns));
  c.set_output(0, c.concrete() ? Shape::unknown() : Shape{Shape::kUnknown});
  return OkStatus();
}

REFLOW_OP("MatchingFiles")
    .input("pattern: string")
    .output("filenames: string")
    .doc("The names of the files that match a pattern, or one of several, sorted: * ? [abc], which don't match slashes.")
    .shape(matching_files_shape)
    .kernel<MatchingFiles>(kCpu);

}  // namespace
}  // namespace reflow::ops
