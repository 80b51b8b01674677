#include "reflow/io/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "reflow/io/os_error.h"

namespace reflow::io {
namespace {

// Of the buffer. Where writes begin and end at multiples of it, the system keeps the file in few large pages and spends a
// third less on them.
constexpr size_t kBlockBytes = 1 << 20;
constexpr uint64_t kFirstRoom = 1 << 20, kMostRoomAhead = 16 << 20;

// open(2), again where a signal came between.
int open_fd(const std::string& path, int flags) {
  int fd;
  do {
    fd = ::open(path.c_str(), flags | O_CLOEXEC, 0666);
  } while (fd < 0 && errno == EINTR);
  return fd;
}

}  // namespace

StatusOr<std::string> local_path(std::string_view path) {
  const size_t colon = path.find("://");
  if (colon == std::string_view::npos || colon == 0) return std::string(path);
  const std::string_view scheme = path.substr(0, colon);
  const bool is_scheme = std::isalpha(static_cast<unsigned char>(scheme[0])) && std::all_of(scheme.begin(), scheme.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '.';
  });
  if (!is_scheme) return std::string(path);
  if (scheme == "file") return std::string(path.substr(colon + 3));
  return unimplemented("File system scheme '{}' not implemented (file: '{}')", scheme, path);
}

StatusOr<std::unique_ptr<ReadableFile>> ReadableFile::open(std::string_view path) {
  ASSIGN_OR_RETURN(std::string local, local_path(path));
  const int fd = open_fd(local, O_RDONLY);
  if (fd < 0) return os_error(local, errno);
  return std::unique_ptr<ReadableFile>(new ReadableFile(fd, std::move(local)));
}

ReadableFile::~ReadableFile() { ::close(fd_); }

StatusOr<size_t> ReadableFile::read(uint64_t offset, size_t n, char* out) const {
  size_t done = 0;
  while (done < n) {
    const ssize_t got = ::pread(fd_, out + done, n - done, static_cast<off_t>(offset + done));
    if (got == 0) break;
    if (got > 0) {
      done += static_cast<size_t>(got);
    } else if (errno != EINTR) {
      return os_error(path_, errno);
    }
  }
  return done;
}

StatusOr<uint64_t> ReadableFile::size() const {
  struct stat status;
  if (::fstat(fd_, &status) != 0) return os_error(path_, errno);
  return static_cast<uint64_t>(status.st_size);
}

StatusOr<std::unique_ptr<WritableFile>> WritableFile::open(std::string_view path, Mode mode) {
  ASSIGN_OR_RETURN(std::string local, local_path(path));
  const int fd = open_fd(local, O_WRONLY | O_CREAT | (mode == Mode::kAppend ? O_APPEND : O_TRUNC));
  if (fd < 0) return os_error(local, errno);
  struct stat status;
  const uint64_t size = mode == Mode::kAppend && ::fstat(fd, &status) == 0 ? static_cast<uint64_t>(status.st_size) : 0;
  return std::unique_ptr<WritableFile>(new WritableFile(fd, std::move(local), size, mode == Mode::kTruncate));
}

WritableFile::~WritableFile() {
  if (fd_ >= 0) (void)close();
}

// Large files get their room ahead of what is written, as much again and no more than a process that is killed may leave
// unused: the system spends less on writing into it, and ext4 doesn't wait for the disk when a file that took the place of
// an older one is closed, if all of it has its room: what was written before as well. A disk without such room may still
// have enough for what is written.
void WritableFile::reserve_room(uint64_t size) {
  const uint64_t end = written_ + size;
  if (!reserves_ || end <= room_ || end < kFirstRoom) return;
  const uint64_t wanted = end + std::min(end, kMostRoomAhead);
  reserves_ = ::fallocate(fd_, FALLOC_FL_KEEP_SIZE, static_cast<off_t>(room_), static_cast<off_t>(wanted - room_)) == 0;
  if (reserves_) room_ = wanted;
}

void WritableFile::give_room_back() {
  struct stat status;
  // Nobody else has made it longer meanwhile.
  if (room_ <= written_ || ::fstat(fd_, &status) != 0 || static_cast<uint64_t>(status.st_size) != written_) return;
  (void)!::ftruncate(fd_, static_cast<off_t>(written_));
}

Status WritableFile::write_out(std::string_view data) {
  reserve_room(data.size());
  while (!data.empty()) {
    const ssize_t n = ::write(fd_, data.data(), data.size());
    if (n >= 0) {
      data.remove_prefix(static_cast<size_t>(n));
      written_ += static_cast<uint64_t>(n);
    } else if (errno != EINTR) {
      return error_ = os_error(path_, errno);
    }
  }
  return OkStatus();
}

Status WritableFile::append(std::string_view data) {
  RETURN_IF_ERROR(error_);
  if (fd_ < 0) return failed_precondition("{} is closed", path_);
  for (;;) {
    const size_t to_block_end = kBlockBytes - size_bytes() % kBlockBytes;
    if (data.size() < to_block_end) {
      buffer_.append(data);
      return OkStatus();
    }
    const size_t n = buffer_.empty() ? data.size() - (data.size() - to_block_end) % kBlockBytes : to_block_end;
    if (buffer_.empty()) {
      RETURN_IF_ERROR(write_out(data.substr(0, n)));
    } else {
      buffer_.append(data.substr(0, n));
      RETURN_IF_ERROR(flush());
    }
    data.remove_prefix(n);
  }
}

Status WritableFile::flush() {
  RETURN_IF_ERROR(error_);
  if (fd_ < 0) return failed_precondition("{} is closed", path_);
  const Status status = write_out(buffer_);
  buffer_.clear();
  return status;
}

Status WritableFile::sync() {
  RETURN_IF_ERROR(flush());
  // Pipes and devices have nothing to wait for.
  if (::fsync(fd_) != 0 && errno != EINVAL && errno != EROFS) return error_ = os_error(path_, errno);
  return OkStatus();
}

Status WritableFile::close() {
  if (fd_ < 0) return failed_precondition("{} is closed", path_);
  Status status = flush();
  give_room_back();
  if (::close(fd_) != 0 && status.ok()) status = os_error(path_, errno);
  fd_ = -1;
  return status;
}

StatusOr<std::string> read_file(std::string_view path) {
  ASSIGN_OR_RETURN(const std::unique_ptr<ReadableFile> file, ReadableFile::open(path));
  std::string content;
  for (;;) {  // sizes of pipes and of files below /proc aren't known before
    ASSIGN_OR_RETURN(const uint64_t size, file->size());
    const size_t old = content.size();
    const size_t room = std::max<size_t>(4096, size > old ? size - old + 1 : 0);
    content.resize(old + room);
    ASSIGN_OR_RETURN(const size_t n, file->read(old, room, content.data() + old));
    content.resize(old + n);
    if (n < room) return content;
  }
}

Status write_file(std::string_view path, std::string_view content) {
  ASSIGN_OR_RETURN(const std::unique_ptr<WritableFile> file, WritableFile::open(path));
  RETURN_IF_ERROR(file->append(content));
  return file->close();
}

bool file_exists(std::string_view path) {
  const StatusOr<std::string> local = local_path(path);
  return local.ok() && ::access(local->c_str(), F_OK) == 0;
}

Status delete_file(std::string_view path) {
  ASSIGN_OR_RETURN(const std::string local, local_path(path));
  return ::unlink(local.c_str()) == 0 ? OkStatus() : os_error(local, errno);
}

Status rename_file(std::string_view from, std::string_view to) {
  ASSIGN_OR_RETURN(const std::string source, local_path(from));
  ASSIGN_OR_RETURN(const std::string target, local_path(to));
  return std::rename(source.c_str(), target.c_str()) == 0 ? OkStatus() : os_error(source, errno);
}

Status create_folders(std::string_view path) {
  ASSIGN_OR_RETURN(const std::string local, local_path(path));
  std::error_code error;
  std::filesystem::create_directories(local, error);
  return error ? os_error(local, error.value()) : OkStatus();
}

}  // namespace reflow::io
