#pragma once

#include <memory>
#include <string>

#include "reflow/client/tf_record.h"

namespace reflow::train {

// The serialized Events of an event file, one after the other: for (const std::string& event : summary_iterator(path)).
// NotFoundError: there is no such file. DataLossError: it is damaged. A handle, to be gone through once.
class summary_iterator {
 public:
  explicit summary_iterator(const std::string& path)
      : records_(std::make_shared<python_io::TFRecordIterator>(path)) {}

  class Position {
   public:
    Position() = default;
    explicit Position(python_io::TFRecordIterator* records) : records_(records) { ++*this; }
    const std::string& operator*() const { return event_; }
    Position& operator++() {
      std::string_view record;
      if (records_->next(&record)) event_ = record;
      else records_ = nullptr;
      return *this;
    }
    bool operator==(const Position& other) const { return records_ == other.records_; }

   private:
    python_io::TFRecordIterator* records_ = nullptr;  // null: the end
    std::string event_;
  };
  Position begin() const { return Position(records_.get()); }
  Position end() const { return Position(); }

 private:
  std::shared_ptr<python_io::TFRecordIterator> records_;
};

}  // namespace reflow::train
