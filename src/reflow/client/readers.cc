#include "reflow/client/readers.h"

#include "reflow/client/apply_op.h"

namespace reflow {

using client::apply_op;
using client::make_op;

ReaderRecord ReaderBase::read(const Queue& queue, const NameOptions& options) const {
  graph::Node* node = make_op("ReaderReadV2", options.name, {ref_, queue.queue_ref()});
  return {Output(node, 0), Output(node, 1)};
}

ReaderRecord ReaderBase::read_up_to(const Queue& queue, const TensorLike& num_records,
                                    const NameOptions& options) const {
  graph::Node* node = make_op("ReaderReadUpToV2", options.name, {ref_, queue.queue_ref(), num_records});
  return {Output(node, 0), Output(node, 1)};
}

Output ReaderBase::num_records_produced(const NameOptions& options) const {
  return apply_op("ReaderNumRecordsProducedV2", options.name, {ref_});
}

Output ReaderBase::num_work_units_completed(const NameOptions& options) const {
  return apply_op("ReaderNumWorkUnitsCompletedV2", options.name, {ref_});
}

Output ReaderBase::serialize_state(const NameOptions& options) const {
  return apply_op("ReaderSerializeStateV2", options.name, {ref_});
}

Operation ReaderBase::restore_state(const TensorLike& state, const NameOptions& options) const {
  return Operation(make_op("ReaderRestoreStateV2", options.name, {ref_, state}));
}

Operation ReaderBase::reset(const NameOptions& options) const {
  return Operation(make_op("ReaderResetV2", options.name, {ref_}));
}

namespace {

Output reader(const char* type, const std::string& name, graph::AttrMap attrs = {}) {
  return apply_op(type, name, std::initializer_list<TensorLike>{}, std::move(attrs));
}

}  // namespace

WholeFileReader::WholeFileReader(const NameOptions& options)
    : ReaderBase(reader("WholeFileReaderV2", options.name), true) {}

TextLineReader::TextLineReader(const TextLineReaderOptions& options)
    : ReaderBase(reader("TextLineReaderV2", options.name, {{"skip_header_lines", options.skip_header_lines}})) {}

FixedLengthRecordReader::FixedLengthRecordReader(int64_t record_bytes, const FixedLengthRecordOptions& options)
    : ReaderBase(reader("FixedLengthRecordReaderV2", options.name,
                        {{"record_bytes", record_bytes},
                         {"header_bytes", options.header_bytes},
                         {"footer_bytes", options.footer_bytes},
                         {"hop_bytes", options.hop_bytes},
                         {"encoding", options.encoding}})) {}

LMDBReader::LMDBReader(const NameOptions& options) : ReaderBase(reader("LMDBReader", options.name, {})) {}

TFRecordReader::TFRecordReader(const TFRecordReaderOptions& options)
    : ReaderBase(reader("TFRecordReaderV2", options.name, {{"compression_type", options.compression_type}})) {}

IdentityReader::IdentityReader(const NameOptions& options)
    : ReaderBase(reader("IdentityReaderV2", options.name), true) {}

}  // namespace reflow
