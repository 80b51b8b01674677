#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "reflow/base/status.h"

namespace reflow::ops {

// A query of an SQLite database, and the row of its result that it stands at. SQLite's library is opened when the first
// is made. Not thread-safe.
class SqliteQuery {
 public:
  // Opens the database for reading. InvalidArgument: it can't be opened; Unknown: SQLite doesn't understand the query;
  // Unimplemented: there is no SQLite.
  static StatusOr<std::unique_ptr<SqliteQuery>> open(const std::string& path, const std::string& query);
  ~SqliteQuery();

  int num_columns() const;
  // Goes to the next row. False: there is none any more.
  StatusOr<bool> next();
  // Column `i` of the row, converted as SQLite does.
  int64_t integer(int i) const;
  double real(int i) const;
  std::string text(int i) const;

 private:
  SqliteQuery() = default;
  Status failed(const char* call) const;
  struct sqlite3* database_ = nullptr;
  struct sqlite3_stmt* statement_ = nullptr;
  std::string query_;
};

}  // namespace reflow::ops
