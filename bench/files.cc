// Checkpoints, records and pictures.

#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <random>
#include <sstream>
#include <stdexcept>

#include "harness.h"
#include "reflow/client/apply_op.h"
#include "workloads.h"

namespace reflow::bench {
namespace {

// A folder for a workload's files, which go with it.
class ScratchFolder {
 public:
  ScratchFolder() : path_(scratch_dir() + "/reflow-bench-" + std::to_string(getpid())) {
    std::filesystem::create_directories(path_);
  }
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

std::vector<double> repeated(int times, const std::function<void()>& call) {
  std::vector<double> seconds;
  for (int i = 0; i < times; ++i) seconds.push_back(seconds_of(call));
  return seconds;
}

// What ParseExample does with a batch that is there.
void parse_batches(const std::vector<std::string>& records) {
  constexpr int64_t kBatch = 128;
  const auto scope = tf::Graph().as_default();
  const tf::Output serialized = tf::placeholder(tf::string, {kBatch});
  const tf::ParsedFeatures parsed = tf::parse_example(
      serialized, {{"image", tf::FixedLenFeature{Shape{}, tf::string}}, {"label", tf::FixedLenFeature{Shape{}, tf::int64}},
                   {"weights", tf::FixedLenFeature{Shape{48}, tf::float32}}});
  const tf::Session sess = session();
  const auto run = sess.make_callable({parsed["image"], parsed["label"], parsed["weights"]}, {serialized});
  Tensor batch(DType::kString, {kBatch});
  std::copy_n(records.begin(), kBatch, batch.flat<std::string>().begin());
  std::vector<Tensor> values;
  emit("tfrecord", "parse_example_batch", "records/s",
       scaled(rates(seconds_per_call([&] { run.run(std::span(&batch, 1), &values); })), kBatch));
}

// Numbers handed to a writer of event files, which a loop waits for, and the file complete.
void add_scalars(const ScratchFolder& folder) {
  constexpr int kScalars = 200'000;
  std::vector<double> adding, written;
  for (int i = 0; i < 5; ++i) {
    tf::summary::FileWriter writer(folder.file("events"));
    adding.push_back(seconds_of([&] {
      for (int step = 0; step < kScalars; ++step) writer.add_scalar("loss", 0.5f * step, step);
    }));
    written.push_back(adding.back() + seconds_of([&] { writer.close(); }));
  }
  emit("tfrecord", "add_scalar", "scalars/s", scaled(rates(adding), kScalars));
  emit("tfrecord", "add_scalar_and_close", "scalars/s", scaled(rates(written), kScalars));
}

// megabytes: rates are printed; 0: seconds.
void save_and_restore(int variables, const Shape& shape, const std::string& label, double megabytes, int times) {
  const ScratchFolder folder;
  tf::Graph graph;
  const auto scope = graph.as_default();
  for (int i = 0; i < variables; ++i) tf::Variable(tf::zeros(shape));
  const tf::Session sess = started();
  tf::train::Saver saver;
  const std::string path = folder.file("model");
  const auto save = [&] { saver.save(sess, path, {.write_meta_graph = false}); };
  const auto restore = [&] { saver.restore(sess, path); };
  save();
  const auto report = [&](const std::string& verb, const std::vector<double>& seconds) {
    emit("checkpoint", verb + label, megabytes > 0 ? "MB/s" : "s", megabytes > 0 ? scaled(rates(seconds), megabytes) : seconds);
  };
  report("save", repeated(times, save));
  report("restore", repeated(times, restore));
}

}  // namespace

void checkpoint() {
  save_and_restore(16, {4096, 4096}, "_16x64MiB", 16 * 4096.0 * 4096 * 4e-6, 5);
  save_and_restore(10000, {10}, "_10000_small", 0, 3);
}

void tfrecord() {
  constexpr int kRecords = 100'000, kBuilt = 20'000;
  const ScratchFolder folder;
  const std::string path = folder.file("records");
  std::string pixels(784, '\0');
  for (size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<char>(i % 256);
  std::array<float, 48> weights;
  for (size_t i = 0; i < weights.size(); ++i) weights[i] = 0.5f * i;
  tf::train::ExampleBuilder example;
  const auto build = [&](int64_t i) {
    example.clear();
    example.add_bytes("image", pixels).add_int64s("label", {i % 10}).add_floats("weights", weights);
    return example.bytes();
  };
  emit("tfrecord", "build_and_write", "records/s", scaled(rates(repeated(5, [&] {
    tf::python_io::TFRecordWriter writer(path);
    for (int i = 0; i < kBuilt; ++i) writer.write(build(i));
    writer.close();
  })), kBuilt));
  std::vector<std::string> records;
  for (int i = 0; i < kRecords; ++i) records.emplace_back(build(i));
  emit("tfrecord", "write", "records/s", scaled(rates(repeated(5, [&] {
    tf::python_io::TFRecordWriter writer(path);
    for (const std::string& record : records) writer.write(record);
    writer.close();
  })), kRecords));
  emit("tfrecord", "python_iterator", "records/s", scaled(rates(repeated(5, [&] {
    tf::python_io::TFRecordIterator reader(path);
    std::string_view record;
    int count = 0;
    while (reader.next(&record)) ++count;
    if (count != kRecords) throw std::runtime_error("records are missing");
  })), kRecords));
  parse_batches(records);
  add_scalars(folder);
}

void image() {
  const std::string path = data_dir() + "/images/jpeg/grace_hopper.jpg";
  std::stringstream content;
  content << std::ifstream(path, std::ios::binary).rdbuf();
  if (content.str().empty()) throw std::runtime_error("can't read " + path);
  const tf::Output contents = tf::placeholder(tf::string, {}), photo = tf::placeholder(tf::uint8, {1, 600, 500, 3});
  graph::Node* decoded = client::make_op("DecodeJpeg", "", {contents}, {{"channels", int64_t{3}}});
  graph::Node* resized = client::make_op("ResizeBilinear", "", {photo, tf::constant({299, 299})});
  Tensor pixels(DType::kUint8, {1, 600, 500, 3});
  std::mt19937 random(1);
  for (uint8_t& pixel : pixels.flat<uint8_t>()) pixel = static_cast<uint8_t>(random());

  const tf::Session sess = session();
  std::vector<Tensor> none;
  const auto measure = [&](const char* metric, graph::Node* node, const tf::Output& input, const Tensor& value) {
    const auto run = sess.make_callable({tf::Operation(node)}, {input});
    emit("image", metric, "images/s", rates(seconds_per_call([&] { run.run(std::span(&value, 1), &none); })));
  };
  measure("decode_jpeg", decoded, contents, Tensor::scalar(content.str()));
  measure("resize_bilinear", resized, photo, pixels);
}

}  // namespace reflow::bench
