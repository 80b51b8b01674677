// Taking over a matrix of a checkpoint whose rows or columns belong to the words of another vocabulary.

#include <algorithm>
#include <string>
#include <unordered_map>
#include <vector>

#include "reflow/formats/bundle_reader.h"
#include "reflow/io/file.h"
#include "reflow/op/op.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

// The lines of a text file; at most `most` of them, where that isn't negative.
StatusOr<std::vector<std::string>> read_lines(const std::string& path, int64_t most) {
  ASSIGN_OR_RETURN(const std::string text, io::read_file(path));
  std::vector<std::string> lines;
  for (size_t begin = 0; begin < text.size() && (most < 0 || static_cast<int64_t>(lines.size()) < most);) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    std::string line = text.substr(begin, end - begin);
    if (!line.empty() && line.back() == '\r') line.pop_back();
    lines.push_back(std::move(line));
    begin = end + 1;
  }
  if (most >= 0 && static_cast<int64_t>(lines.size()) != most) {
    return invalid_argument("Invalid vocab_size in {}: expected {} but got {}", path, most, lines.size());
  }
  return lines;
}

class GenerateVocabRemapping : public Kernel {
 public:
  explicit GenerateVocabRemapping(KernelInit& init)
      : offset_(init.attr<int64_t>("new_vocab_offset")),
        num_new_(init.attr<int64_t>("num_new_vocab")),
        old_size_(init.attr<int64_t>("old_vocab_size")) {}

  Status compute(KernelContext& c) override {
    const auto &new_file = c.input(0).item<std::string>(), &old_file = c.input(1).item<std::string>();
    if (new_file.empty() || old_file.empty()) return invalid_argument("new vocab filename cannot be empty.");
    ASSIGN_OR_RETURN(const std::vector<std::string> words, read_lines(new_file, -1));
    if (offset_ + num_new_ > static_cast<int64_t>(words.size())) {
      return invalid_argument("lookup table size must be larger than last new vocab entry's line");
    }
    ASSIGN_OR_RETURN(const std::vector<std::string> old_words, read_lines(old_file, old_size_));
    std::unordered_map<std::string_view, int64_t> old_ids;
    for (size_t i = 0; i < old_words.size(); ++i) {
      const auto [it, inserted] = old_ids.emplace(old_words[i], static_cast<int64_t>(i));
      if (!inserted) {
        return failed_precondition("HashTable has different value for same key. Key {} has {} and trying to add value {}",
                                   old_words[i], it->second, i);
      }
    }
    int32_t num_present = 0;
    int64_t* remapping = c.output(0).data<int64_t>();
    for (int64_t i = 0; i < num_new_; ++i) {
      const auto found = old_ids.find(words[static_cast<size_t>(offset_ + i)]);
      remapping[i] = found == old_ids.end() ? -1 : found->second;
      num_present += found != old_ids.end();
    }
    c.output(1).data<int32_t>()[0] = num_present;
    return OkStatus();
  }

 private:
  int64_t offset_, num_new_, old_size_;
};

class LoadAndRemapMatrix : public Kernel {
 public:
  explicit LoadAndRemapMatrix(KernelInit& init)
      : num_rows_(init.attr<int64_t>("num_rows")), num_cols_(init.attr<int64_t>("num_cols")) {}

  Status compute(KernelContext& c) override {
    const auto rows = c.input(2).flat<int64_t>(), cols = c.input(3).flat<int64_t>();
    if (static_cast<int64_t>(rows.size()) != num_rows_) {
      return invalid_argument("Size of row_remapping is {} instead of being equal to num_rows={}", rows.size(), num_rows_);
    }
    if (!cols.empty() && static_cast<int64_t>(cols.size()) != num_cols_) {
      return invalid_argument("Provided col_remapping, but its size is {} instead of being equal to num_cols={}", cols.size(),
                              num_cols_);
    }
    RETURN_IF_ERROR(check_unique(rows));
    RETURN_IF_ERROR(check_unique(cols));
    if (c.input(0).num_elements() != 1) {
      return invalid_argument("The `ckpt_path` tensor must have exactly one element, got tensor of shape {}",
                              c.input(0).shape().str());
    }
    ASSIGN_OR_RETURN(const Tensor matrix, load(c, cols.empty()));
    return fill(rows, cols, matrix, c.input(4).flat<float>(), c.output(0).data<float>());
  }

 private:
  static Status check_unique(std::span<const int64_t> remapping) {
    std::unordered_map<int64_t, size_t> new_ids;
    for (size_t i = 0; i < remapping.size(); ++i) {
      if (remapping[i] < 0) continue;
      const auto [it, inserted] = new_ids.emplace(remapping[i], i);
      if (inserted) continue;
      return unimplemented("Old ID {} is mapped to both new ID {} and {}, which is not supported.", remapping[i], it->second, i);
    }
    return OkStatus();
  }

  StatusOr<Tensor> load(KernelContext& c, bool all_columns) const {
    const std::string& name = c.input(1).item<std::string>();
    ASSIGN_OR_RETURN(const auto reader, formats::BundleReader::open(c.input(0).item<std::string>(), c.pool()));
    ASSIGN_OR_RETURN(const formats::BundleEntry entry, reader->find(name));
    if (entry.dtype != DType::kFloat32) {
      return invalid_argument("Tensor {} has invalid type {} instead of expected type float", name, dtype_spec_name(entry.dtype));
    }
    if (entry.shape.rank() != 2) {
      return invalid_argument("Tensor {} has shape {} of invalid rank {} instead of expected shape of rank 2.", name,
                              entry.shape.str(), entry.shape.rank());
    }
    if (all_columns && entry.shape.dim(1) != num_cols_) {
      return invalid_argument("Tensor {} has shape {}, where the size of its 2nd dimension is {} instead of being equal to "
                              "num_cols={}", name, entry.shape.str(), entry.shape.dim(1), num_cols_);
    }
    return reader->read(name);
  }

  Status fill(std::span<const int64_t> rows, std::span<const int64_t> cols, const Tensor& matrix,
              std::span<const float> initial, float* to) const {
    size_t used = 0;
    for (const int64_t row : rows) {
      if (row >= matrix.dim(0)) {
        return invalid_argument("row_remapping has {}, and the matrix in the checkpoint {} rows", row, matrix.dim(0));
      }
      for (int64_t j = 0; j < num_cols_; ++j, ++to) {
        const int64_t col = cols.empty() ? j : cols[static_cast<size_t>(j)];
        if (col >= matrix.dim(1)) {
          return invalid_argument("col_remapping has {}, and the matrix in the checkpoint {} columns", col, matrix.dim(1));
        }
        if (row >= 0 && col >= 0) {
          *to = matrix.data<float>()[row * matrix.dim(1) + col];
        } else if (used < initial.size()) {
          *to = initial[used++];
        } else {
          return invalid_argument("initializing_values contained {} elements, but more missing values remain.", initial.size());
        }
      }
    }
    if (used == initial.size()) return OkStatus();
    return invalid_argument("initializing_values contained {} elements, but only {} elements were used to fill in missing "
                            "values.", initial.size(), used);
  }

  int64_t num_rows_, num_cols_;
};

Status remapping_shapes(ShapeContext& c) {
  Shape scalar;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 0, &scalar));
  RETURN_IF_ERROR(c.with_rank(c.input(1), 0, &scalar));
  ASSIGN_OR_RETURN(const int64_t num_new, c.attr<int64_t>("num_new_vocab"));
  c.set_output(0, Shape{num_new});
  c.set_output(1, Shape{});
  return OkStatus();
}

Status matrix_shape(ShapeContext& c) {
  Shape shape;
  RETURN_IF_ERROR(c.with_rank(c.input(1), 0, &shape));
  RETURN_IF_ERROR(c.with_rank_at_most(c.input(0), 1, &shape));
  RETURN_IF_ERROR(c.with_rank(c.input(2), 1, &shape));
  RETURN_IF_ERROR(c.with_rank(c.input(3), 1, &shape));
  ASSIGN_OR_RETURN(const int64_t rows, c.attr<int64_t>("num_rows"));
  ASSIGN_OR_RETURN(const int64_t cols, c.attr<int64_t>("num_cols"));
  c.set_output(0, Shape{rows, cols});
  return OkStatus();
}

REFLOW_OP("GenerateVocabRemapping")
    .input("new_vocab_file: string")
    .input("old_vocab_file: string")
    .output("remapping: int64")
    .output("num_present: int32")
    .attr("new_vocab_offset: int >= 0")
    .attr("num_new_vocab: int >= 0")
    .attr("old_vocab_size: int >= -1 = -1")
    .doc("For each of `num_new_vocab` lines of a file, from line `new_vocab_offset` on: which line it is in another file, of "
         "which the first `old_vocab_size` count (-1: all), or -1; and how many are there.")
    .shape(remapping_shapes)
    .kernel<GenerateVocabRemapping>(kCpu)
    .not_differentiable();

REFLOW_OP("LoadAndRemapMatrix")
    .input("ckpt_path: string")
    .input("old_tensor_name: string")
    .input("row_remapping: int64")
    .input("col_remapping: int64")
    .input("initializing_values: float")
    .output("output_matrix: float")
    .attr("num_rows: int >= 0")
    .attr("num_cols: int >= 1")
    .attr("max_rows_in_memory: int = -1")
    .stateful()
    .doc("A matrix [num_rows, num_cols] of the rows `row_remapping` and columns `col_remapping` (empty: all) of a matrix in a "
         "checkpoint. What is -1 there comes from `initializing_values`, in their order.")
    .shape(matrix_shape)
    .kernel<LoadAndRemapMatrix>(kCpu)
    .not_differentiable();

}  // namespace
}  // namespace reflow::ops
