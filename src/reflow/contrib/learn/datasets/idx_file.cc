#include "reflow/contrib/learn/datasets/idx_file.h"

#include <sys/stat.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include "reflow/tensor/checked_size.h"

namespace reflow::contrib::learn::datasets {
namespace {

constexpr int kImagesMagic = 2051, kLabelsMagic = 2049;
constexpr int64_t kMaxDeflateRatio = 1032;  // no deflated byte stands for more

// Reads a file from front to back, decompressed.
class IdxReader {
 public:
  static StatusOr<IdxReader> open(const std::string& path) {
    struct stat info {};
    if (stat(path.c_str(), &info) != 0) {
      if (errno == ENOENT || errno == ENOTDIR) return not_found("{}; No such file or directory", path);
      return unknown_error("{}; {}", path, std::strerror(errno));
    }
    if (!S_ISREG(info.st_mode)) return failed_precondition("{} is not a file", path);
    gzFile file = gzopen(path.c_str(), "rbe");
    if (!file) return permission_denied("{}; {}", path, std::strerror(errno));
    gzbuffer(file, 1 << 18);
    return IdxReader(path, file, info.st_size);
  }

  // Exactly `size` bytes.
  Status read(void* to, int64_t size) {
    auto* bytes = static_cast<char*>(to);
    while (size > 0) {
      const int got = gzread(file_.get(), bytes, static_cast<unsigned>(std::min<int64_t>(size, 1 << 30)));
      if (got <= 0) return damaged();
      bytes += got;
      size -= got;
      position_ += got;
    }
    return OkStatus();
  }

  StatusOr<int64_t> read_number() {
    std::array<uint8_t, 4> b{};
    RETURN_IF_ERROR(read(b.data(), b.size()));
    return int64_t{b[0]} << 24 | b[1] << 16 | b[2] << 8 | b[3];
  }

  // That the file may hold `count` * `item_size` bytes more, before memory is taken for them.
  Status check_plausible(int64_t count, int64_t rows = 1, int64_t columns = 1) const {
    int64_t item_size = 0, size = 0;
    const int64_t most = gzdirect(file_.get()) ? file_size_ : file_size_ * kMaxDeflateRatio;
    if (__builtin_mul_overflow(rows, columns, &item_size) || __builtin_mul_overflow(count, item_size, &size) || size > most) {
      return data_loss("{} is truncated: its header promises {} items of {} x {} bytes", path_, count, rows, columns);
    }
    return OkStatus();
  }

  // That the file ends here; gzip files have their checksum verified by that.
  Status expect_end() {
    char byte;
    const int got = gzread(file_.get(), &byte, 1);
    if (got < 0) return damaged();
    if (got > 0) return data_loss("{} goes on after the {} bytes that its header promises", path_, position_);
    int error = Z_OK;
    gzerror(file_.get(), &error);
    return error == Z_OK || error == Z_STREAM_END ? OkStatus() : damaged();
  }

 private:
  IdxReader(const std::string& path, gzFile file, int64_t file_size)
      : path_(path), file_(file, &gzclose_r), file_size_(file_size) {}

  Status damaged() {
    int error = Z_OK;
    const char* text = gzerror(file_.get(), &error);
    if (error == Z_OK || error == Z_BUF_ERROR) return data_loss("{} is truncated: it ends after {} bytes", path_, position_);
    return data_loss("{} is corrupt: {}", path_, text);
  }

  std::string path_;
  std::unique_ptr<gzFile_s, int (*)(gzFile)> file_;
  int64_t file_size_, position_ = 0;
};

}  // namespace

void scale_pixels(const uint8_t* __restrict pixels, int64_t n, float* __restrict to) {
  constexpr float kFactor = static_cast<float>(1.0 / 255.0);
  int64_t i = 0;
  for (; i + 16 <= n; i += 16) {  // a fixed count, which compilers vectorise
    for (int k = 0; k < 16; ++k) to[i + k] = static_cast<float>(pixels[i + k]) * kFactor;
  }
  for (; i < n; ++i) to[i] = static_cast<float>(pixels[i]) * kFactor;
}

StatusOr<Tensor> read_idx_images(const std::string& path, DType dtype) {
  ASSIGN_OR_RETURN(IdxReader reader, IdxReader::open(path));
  ASSIGN_OR_RETURN(const int64_t magic, reader.read_number());
  if (magic != kImagesMagic) return invalid_argument("Invalid magic number {} in MNIST image file: {}", magic, path);
  ASSIGN_OR_RETURN(const int64_t n, reader.read_number());
  ASSIGN_OR_RETURN(const int64_t rows, reader.read_number());
  ASSIGN_OR_RETURN(const int64_t columns, reader.read_number());
  RETURN_IF_ERROR(reader.check_plausible(n, rows, columns));
  ASSIGN_OR_RETURN(Tensor images, allocate_tensor(dtype, {n, rows, columns, 1}));
  if (dtype == DType::kUint8) {
    RETURN_IF_ERROR(reader.read(images.raw_data(), images.size_bytes()));
  } else {
    std::vector<uint8_t> piece(1 << 16);
    float* to = images.data<float>();
    for (int64_t left = images.num_elements(); left > 0;) {
      const auto size = std::min<int64_t>(left, piece.size());
      RETURN_IF_ERROR(reader.read(piece.data(), size));
      scale_pixels(piece.data(), size, to);
      to += size;
      left -= size;
    }
  }
  RETURN_IF_ERROR(reader.expect_end());
  return images;
}

StatusOr<Tensor> read_idx_labels(const std::string& path, bool one_hot, int num_classes) {
  ASSIGN_OR_RETURN(IdxReader reader, IdxReader::open(path));
  ASSIGN_OR_RETURN(const int64_t magic, reader.read_number());
  if (magic != kLabelsMagic) return invalid_argument("Invalid magic number {} in MNIST label file: {}", magic, path);
  ASSIGN_OR_RETURN(const int64_t n, reader.read_number());
  RETURN_IF_ERROR(reader.check_plausible(n, 1));
  ASSIGN_OR_RETURN(Tensor labels, allocate_tensor(DType::kUint8, {n}));
  RETURN_IF_ERROR(reader.read(labels.raw_data(), n));
  RETURN_IF_ERROR(reader.expect_end());
  if (!one_hot) return labels;
  ASSIGN_OR_RETURN(Tensor hot, allocate_tensor(DType::kFloat64, {n, num_classes}));
  std::ranges::fill(hot.flat<double>(), 0.0);
  for (int64_t i = 0; i < n; ++i) {
    const int label = labels.data<uint8_t>()[i];
    if (label >= num_classes) return invalid_argument("Label {} in {} is not below {}", label, path, num_classes);
    hot.data<double>()[i * num_classes + label] = 1;
  }
  return hot;
}

}  // namespace reflow::contrib::learn::datasets
