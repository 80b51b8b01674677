// Summary ops and event files, for summary/summary.py and summary/writer.

#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/unique_ptr.h>
#include <nanobind/stl/vector.h>

#include <memory>
#include <string>
#include <string_view>

#include "bindings.h"
#include "functions.h"
#include "gil.h"
#include "reflow/client/status_errors.h"
#include "reflow/formats/event_bytes.h"
#include "reflow/formats/event_file_writer.h"
#include "reflow/summary/seen_metadata.h"
#include "reflow/summary/summary.h"

namespace reflow::python {
namespace {

using Collections = summary::Collections;
using formats::EventFileWriter;

std::string_view view_of(const nb::bytes& bytes) { return {bytes.c_str(), bytes.size()}; }

void bind_summary_ops(nb::module_& m) {
  m.def("clean_summary_tag", summary::clean_tag);
  m.def("scalar_summary", [](const std::string& name, TensorLike tensor, Collections collections, const std::string& family) {
    return summary::scalar(name, tensor, {std::move(collections), family});
  }, nb::arg(), nb::arg(), nb::arg().none(), nb::arg());
  m.def("histogram_summary", [](const std::string& name, TensorLike values, Collections collections,
                                const std::string& family) {
    return summary::histogram(name, values, {std::move(collections), family});
  }, nb::arg(), nb::arg(), nb::arg().none(), nb::arg());
  m.def("image_summary", [](const std::string& name, TensorLike tensor, int64_t max_outputs, Collections collections,
                            const std::string& family) {
    return summary::image(name, tensor, {max_outputs, std::move(collections), family});
  }, nb::arg(), nb::arg(), nb::arg(), nb::arg().none(), nb::arg());
  m.def("audio_summary", [](const std::string& name, TensorLike tensor, TensorLike sample_rate, int64_t max_outputs,
                            Collections collections, const std::string& family) {
    return summary::audio(name, tensor, sample_rate, {max_outputs, std::move(collections), family});
  }, nb::arg(), nb::arg(), nb::arg(), nb::arg(), nb::arg().none(), nb::arg());
  m.def("text_summary", [](const std::string& name, TensorLike tensor, Collections collections) {
    return summary::text(name, tensor, {std::move(collections)});
  }, nb::arg(), nb::arg(), nb::arg().none());
  m.def("tensor_summary", [](const std::string& name, TensorLike tensor, const nb::bytes& metadata, Collections collections,
                             const std::string& family) {
    return summary::tensor_summary(name, tensor, {std::string(view_of(metadata)), std::move(collections), family});
  }, nb::arg(), nb::arg(), nb::arg(), nb::arg().none(), nb::arg());
  m.def("merge_summary", [](nb::handle inputs, Collections collections, const std::string& name) {
    return summary::merge(list_from_python(inputs), {std::move(collections), name});
  }, nb::arg(), nb::arg().none(), nb::arg());
}

// What an EventFileWriter is to Python; it closes, without the GIL, when it dies.
class Events {
 public:
  Events(const std::string& logdir, int max_queue, double flush_secs, const std::string& filename_suffix) {
    auto writer = EventFileWriter::open(logdir, {.max_queue = max_queue, .flush_secs = flush_secs,
                                                 .filename_suffix = filename_suffix});
    errors::throw_if_error(writer.status());
    writer_ = *std::move(writer);
  }
  EventFileWriter& operator*() { return *writer_; }
  EventFileWriter* operator->() { return writer_.get(); }
  // An Event around a serialized Summary. ValueError-like mistakes are InvalidArgumentError.
  void add_summary(double wall_time, int64_t step, std::string_view summary) {
    const auto rewritten = summary::without_seen_metadata(summary, &seen_tags_);
    errors::throw_if_error(rewritten.status());
    add(formats::event_bytes(wall_time, step, formats::EventField::kSummary, *rewritten));
  }
  void add(const std::string& event) {
    const ReleasedGil released;
    writer_->add_event(event);
  }

 private:
  std::unique_ptr<EventFileWriter> writer_;
  summary::TagSet seen_tags_;
};

void bind_writer(nb::module_& m) {
  nb::class_<Events>(m, "EventFileWriter")
      .def(nb::init<const std::string&, int, double, const std::string&>())
      .def("add_event", [](Events& w, const nb::bytes& event) { w.add(std::string(view_of(event))); })
      .def("add_summary", [](Events& w, double wall_time, int64_t step, const nb::bytes& summary) {
        w.add_summary(wall_time, step, view_of(summary));
      })
      .def("flush", [](Events& w) { w->flush(); }, nb::call_guard<ReleasedGil>())
      .def("close", [](Events& w) { w->close(); }, nb::call_guard<ReleasedGil>())
      .def("reopen", [](Events& w) { w->reopen(); })
      .def_prop_ro("closed", [](Events& w) { return w->closed(); })
      .def_prop_ro("path", [](Events& w) { return w->path(); });
}

}  // namespace

void bind_summaries(nb::module_& m) {
  bind_summary_ops(m);
  bind_writer(m);
}

}  // namespace reflow::python
