// Tables initialized from the lines of a text file.

#include <absl/strings/numbers.h>
#include <absl/strings/str_split.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "reflow/op/indices.h"
#include "reflow/op/op.h"
#include "reflow/ops/lookup/table.h"
#include "reflow/tensor/checked_size.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

// What key or value is: a column's number, or one of these.
constexpr int64_t kLineNumber = -1, kWholeLine = -2;

StatusOr<std::vector<std::string>> read_lines(const std::string& path, int64_t limit) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return not_found("{}; {}", path, std::strerror(errno));
  std::vector<std::string> lines;
  int64_t position = 0;
  for (std::string line; static_cast<int64_t>(lines.size()) != limit && std::getline(file, line);) {
    position += static_cast<int64_t>(line.size()) + 1;
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.empty()) return invalid_argument("Invalid content in {}: empty line found at position {}.", path, position);
    lines.push_back(std::move(line));
  }
  if (limit > static_cast<int64_t>(lines.size())) {
    return invalid_argument("Invalid vocab_size in {}: expected {} but got {}", path, limit, lines.size());
  }
  if (limit == 0) return out_of_range("Finished reading 0 of lines from {}", path);
  if (lines.empty()) return out_of_range("Read less bytes than requested");
  return lines;
}

class InitializeTableFromTextFile : public Kernel {
 public:
  explicit InitializeTableFromTextFile(KernelInit& c)
      : key_index_(c.attr<int64_t>("key_index")),
        value_index_(c.attr<int64_t>("value_index")),
        vocab_size_(c.attr<int64_t>("vocab_size")),
        delimiter_(c.attr<std::string>("delimiter")) {
    if (delimiter_.size() != 1) c.fail(invalid_argument("delimiter should be only 1 char"));
  }

  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const std::shared_ptr<LookupTable> table, table_of(c));
    const Tensor& name = c.input(1);
    if (name.num_elements() != 1 || name.rank() != 0) {
      return invalid_argument("filename should be a single string, but got {}", name.shape().str());
    }
    RETURN_IF_ERROR(check_column("Key", key_index_, table->key_type()));
    RETURN_IF_ERROR(check_column("Value", value_index_, table->value_type()));
    const std::string& path = name.item<std::string>();
    ASSIGN_OR_RETURN(const std::vector<std::string> lines, read_lines(path, vocab_size_));
    const Shape shape{static_cast<int64_t>(lines.size())};
    ASSIGN_OR_RETURN(Tensor keys, allocate_tensor(table->key_type(), shape));
    ASSIGN_OR_RETURN(Tensor values, allocate_tensor(table->value_type(), shape));
    for (size_t i = 0; i < lines.size(); ++i) {
      std::vector<std::string> columns;
      if (std::max(key_index_, value_index_) >= 0) {
        columns = absl::StrSplit(lines[i], delimiter_[0]);
        if (std::max(key_index_, value_index_) >= static_cast<int64_t>(columns.size())) {
          return invalid_argument("Invalid number of columns in {} line {} ({}) : expected {} got {}", path, i, lines[i],
                                  std::max(key_index_, value_index_), columns.size());
        }
      }
      RETURN_IF_ERROR(put(lines[i], columns, key_index_, static_cast<int64_t>(i), &keys));
      RETURN_IF_ERROR(put(lines[i], columns, value_index_, static_cast<int64_t>(i), &values));
    }
    return table->initialize(keys, values);
  }

 private:
  static Status check_column(std::string_view what, int64_t index, DType type) {
    if (index == kLineNumber && type != DType::kInt64) {
      return invalid_argument("{} index for line number requires table {} dtype of int64, got {}", what,
                              what == "Key" ? "key" : "value", dtype_spec_name(type));
    }
    if (index == kWholeLine && type != DType::kString) {
      return invalid_argument("{} index for whole line requires table {} dtype of string, got {}", what,
                              what == "Key" ? "key" : "value", dtype_spec_name(type));
    }
    return OkStatus();
  }

  static Status put(const std::string& line, const std::vector<std::string>& columns, int64_t index, int64_t number,
                    Tensor* to) {
    if (index == kLineNumber) {
      to->data<int64_t>()[number] = number;
      return OkStatus();
    }
    const std::string& text = index == kWholeLine ? line : columns[index];
    bool valid = false;
    switch (to->dtype()) {
      case DType::kInt32: valid = absl::SimpleAtoi(text, to->data<int32_t>() + number); break;
      case DType::kInt64: valid = absl::SimpleAtoi(text, to->data<int64_t>() + number); break;
      case DType::kFloat32: valid = absl::SimpleAtof(text, to->data<float>() + number); break;
      case DType::kFloat64: valid = absl::SimpleAtod(text, to->data<double>() + number); break;
      case DType::kString:
        to->data<std::string>()[number] = text;
        valid = true;
        break;
      default: return invalid_argument("Data type {} not supported.", dtype_spec_name(to->dtype()));
    }
    if (valid) return OkStatus();
    return invalid_argument("Field {} in line {} is not a valid {}.", text, number, dtype_spec_name(to->dtype()));
  }

  int64_t key_index_, value_index_, vocab_size_;
  std::string delimiter_;
};

// A handle is a scalar, a reference a vector of two strings; the file's name is a scalar.
Status text_file_shape(ShapeContext& c) {
  if (c.concrete()) return OkStatus();
  Shape handle, name;
  const bool is_resource = base_type(c.node().input(0).dtype()) == DType::kResource;
  RETURN_IF_ERROR(c.with_rank(c.input(0), is_resource ? 0 : 1, &handle));
  int64_t two;
  if (!is_resource) RETURN_IF_ERROR(c.with_value(handle.dim(0), 2, &two));
  return c.with_rank(c.input(1), 0, &name);
}

REFLOW_OP("InitializeTableFromTextFile")
    .input("table_handle: Ref(string)")
    .input("filename: string")
    .attr("key_index: int >= -2")
    .attr("value_index: int >= -2")
    .attr("vocab_size: int >= -1 = -1")
    .attr("delimiter: string = '\t'")
    .doc("Fills a table that is initialized once from the lines of a file: keys and values are columns between delimiters, "
         "the line's number (index -1) or the whole line (index -2).")
    .shape(text_file_shape)
    .kernel<InitializeTableFromTextFile>(kCpu)
    .not_differentiable();

REFLOW_OP("InitializeTableFromTextFileV2")
    .input("table_handle: resource")
    .input("filename: string")
    .attr("key_index: int >= -2")
    .attr("value_index: int >= -2")
    .attr("vocab_size: int >= -1 = -1")
    .attr("delimiter: string = '\t'")
    .stateful()
    .doc("Fills a table that is initialized once from the lines of a file: keys and values are columns between delimiters, "
         "the line's number (index -1) or the whole line (index -2).")
    .shape(text_file_shape)
    .kernel<InitializeTableFromTextFile>(kCpu)
    .not_differentiable();

}  // namespace
}  // namespace reflow::ops
