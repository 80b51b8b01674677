#include "reflow/ops/data/sqlite.h"

#include <dlfcn.h>

namespace reflow::ops {
namespace {

// Of SQLite's C interface (https://www.sqlite.org/c3ref), which never changes, what is used here.
constexpr int kOk = 0, kRow = 100, kDone = 101;
constexpr int kOpenReadOnly = 1;

struct Library {
  int (*open_v2)(const char*, sqlite3**, int, const char*) = nullptr;
  int (*close_v2)(sqlite3*) = nullptr;
  int (*errcode)(sqlite3*) = nullptr;
  const char* (*errmsg)(sqlite3*) = nullptr;
  int (*prepare_v2)(sqlite3*, const char*, int, sqlite3_stmt**, const char**) = nullptr;
  int (*finalize)(sqlite3_stmt*) = nullptr;
  int (*step)(sqlite3_stmt*) = nullptr;
  int (*column_count)(sqlite3_stmt*) = nullptr;
  int64_t (*column_int64)(sqlite3_stmt*, int) = nullptr;
  double (*column_double)(sqlite3_stmt*, int) = nullptr;
  const void* (*column_blob)(sqlite3_stmt*, int) = nullptr;
  int (*column_bytes)(sqlite3_stmt*, int) = nullptr;
  bool is_there = false;

  Library() {
    void* const handle = dlopen("libsqlite3.so.0", RTLD_NOW | RTLD_LOCAL);
    is_there = handle != nullptr;
    const auto find = [&](const char* name, auto* function) {
      if (is_there) *function = reinterpret_cast<std::remove_pointer_t<decltype(function)>>(dlsym(handle, name));
      is_there &= *function != nullptr;
    };
    find("sqlite3_open_v2", &open_v2);
    find("sqlite3_close_v2", &close_v2);
    find("sqlite3_errcode", &errcode);
    find("sqlite3_errmsg", &errmsg);
    find("sqlite3_prepare_v2", &prepare_v2);
    find("sqlite3_finalize", &finalize);
    find("sqlite3_step", &step);
    find("sqlite3_column_count", &column_count);
    find("sqlite3_column_int64", &column_int64);
    find("sqlite3_column_double", &column_double);
    find("sqlite3_column_blob", &column_blob);
    find("sqlite3_column_bytes", &column_bytes);
  }
};

const Library& library() {
  static const Library library;
  return library;
}

}  // namespace

StatusOr<std::unique_ptr<SqliteQuery>> SqliteQuery::open(const std::string& path, const std::string& query) {
  const Library& lib = library();
  if (!lib.is_there) return unimplemented("Databases are read by libsqlite3.so.0, which can't be loaded");
  std::unique_ptr<SqliteQuery> result(new SqliteQuery);
  result->query_ = query;
  if (lib.open_v2(path.c_str(), &result->database_, kOpenReadOnly, nullptr) != kOk) {
    return invalid_argument("Sqlite::Open({}) failed: {}", path, lib.errmsg(result->database_));
  }
  const int code = lib.prepare_v2(result->database_, query.c_str(), static_cast<int>(query.size()) + 1, &result->statement_, nullptr);
  if (code != kOk) return result->failed("Prepare");
  return result;
}

SqliteQuery::~SqliteQuery() {
  if (statement_ != nullptr) library().finalize(statement_);
  if (database_ != nullptr) library().close_v2(database_);
}

Status SqliteQuery::failed(const char* call) const {
  return unknown_error("{}() failed: [{}] {}: {}", call, library().errcode(database_), library().errmsg(database_), query_);
}

int SqliteQuery::num_columns() const { return library().column_count(statement_); }

StatusOr<bool> SqliteQuery::next() {
  const int code = library().step(statement_);
  if (code == kRow) return true;
  if (code == kDone) return false;
  return failed("Step");
}

int64_t SqliteQuery::integer(int i) const { return library().column_int64(statement_, i); }
double SqliteQuery::real(int i) const { return library().column_double(statement_, i); }
std::string SqliteQuery::text(int i) const {
  const auto* bytes = static_cast<const char*>(library().column_blob(statement_, i));  // before its size: it may convert
  return bytes == nullptr ? std::string() : std::string(bytes, static_cast<size_t>(library().column_bytes(statement_, i)));
}

}  // namespace reflow::ops
